package io.tracestream.recording;

import java.nio.ByteBuffer;

/** Hex digits by table, two at a time. */
final class Hex {
  /** The two lower-case digits of each byte, the first one in the high half. */
  private static final short[] DIGITS = new short[256];
  /**
   * The value of each digit, either case, in the low half; for any other byte {@link #NO_DIGIT}.
   */
  private static final byte[] VALUES = new byte[256];

  private static final byte NO_DIGIT = -1;

  static {
    for (int i = 0; i < 256; i++) {
      DIGITS[i] = (short) (Character.forDigit(i >> 4, 16) << 8 | Character.forDigit(i & 15, 16));
      VALUES[i] = (byte) Character.digit(i < 128 ? i : 128, 16);
    }
  }

  private Hex() {}

  /**
   * Puts the digits of {@code count} bytes of {@code from}, from index {@code at}, at the position
   * of {@code to}.
   */
  static void encode(ByteBuffer from, int at, int count, ByteBuffer to) {
    int end = at + count;
    for (int i = at, o = to.position(); i < end; i++, o += 2) {
      to.putShort(o, DIGITS[from.get(i) & 0xff]);
    }
    to.position(to.position() + 2 * count);
  }

  /**
   * Decodes {@code count} bytes.
   *
   * @return -1, or the index of a digit in {@code from} that is none
   */
  static int decode(byte[] from, int at, int count, byte[] to, int start) {
    for (int i = 0, d = at; i < count; i++, d += 2) {
      int high = VALUES[from[d] & 0xff];
      int low = VALUES[from[d + 1] & 0xff];
      if ((high | low) < 0) {
        return high < 0 ? d : d + 1;
      }
      to[start + i] = (byte) (high << 4 | low);
    }
    return -1;
  }

  static boolean isDigit(int c) {
    return VALUES[c & 0xff] != NO_DIGIT;
  }
}
