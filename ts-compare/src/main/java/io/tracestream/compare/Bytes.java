package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bytes of fields, as values that can be compared, and what kind of bytes they are. */
final class Bytes {
  private Bytes() {}

  /** The bytes of a field that the payload has; a view. */
  static ByteBuffer of(Field field, byte[] payload) {
    return ByteBuffer.wrap(payload, field.start(payload.length), field.length()).slice();
  }

  /** Whether a payload has a value anywhere. */
  static boolean contain(byte[] payload, ByteBuffer value) {
    ByteBuffer bytes = ByteBuffer.wrap(payload);
    for (int at = 0; at + value.remaining() <= payload.length; at++) {
      if (payload[at] == value.get(0) && bytes.slice(at, value.remaining()).equals(value)) {
        return true;
      }
    }
    return false;
  }

  /** A kind of bytes. */
  interface Kind {
    boolean has(ByteBuffer bytes);
  }

  /** Whether both payloads of all pairs have the field, with bytes of that kind in it. */
  static boolean all(Field field, List<Pair> pairs, Kind kind) {
    return pairs.stream()
        .allMatch(pair -> pair.has(field)
            && kind.has(Bytes.of(field, pair.payloadOfA()))
            && kind.has(Bytes.of(field, pair.payloadOfB())));
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

  static boolean isPrintable(ByteBuffer bytes) {
    return text(bytes).chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
  }
}
