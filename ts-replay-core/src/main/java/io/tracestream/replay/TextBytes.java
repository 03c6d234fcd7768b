package io.tracestream.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Tells which texts bytes hold. */
final class TextBytes {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private TextBytes() {}

  /** A kind of bytes. */
  interface Kind {
    boolean has(ByteBuffer bytes);
  }

  /** Whether in all pairs both payloads have the field, and hold bytes of that kind in it. */
  static boolean all(Field field, List<Pair> pairs, Kind kind) {
    return pairs.stream()
        .allMatch(pair -> pair.has(field)
            && kind.has(Bytes.of(field, pair.payloadOfA()))
            && kind.has(Bytes.of(field, pair.payloadOfB())));
  }

  static boolean isUuid(ByteBuffer bytes) {
    return UUID_TEXT.matcher(text(bytes)).matches();
  }

  static boolean isDigits(ByteBuffer bytes) {
    return text(bytes).chars().allMatch(c -> c >= '0' && c <= '9');
  }

  static boolean isZeros(ByteBuffer bytes) {
    return text(bytes).chars().allMatch(c -> c == '0');
  }

  static boolean isNull(ByteBuffer bytes) {
    return text(bytes).chars().allMatch(c -> c == 0);
  }

  static boolean isHex(ByteBuffer bytes) {
    return text(bytes)
        .chars()
        .allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F');
  }

  static boolean isPrintable(ByteBuffer bytes) {
    return text(bytes).chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
  }
}
