package io.tracestream.codec;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/** Bytes as the tests write them: {@code "0002 6869"}, white space where it helps the eye. */
final class Bytes {
  private Bytes() {}

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  static ByteBuffer buffer(String hex) {
    return ByteBuffer.wrap(bytes(hex));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The bytes from position to limit, which stay unread. */
  static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return hex(bytes);
  }

  static List<String> hex(List<byte[]> payloads) {
    return payloads.stream().map(Bytes::hex).toList();
  }

  /** The given number of bytes, no two neighbours alike. */
  static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + i / 251);
    }
    return bytes;
  }
}
