package io.tracestream.recording;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Hex digits, eight at a time where so many are at hand. */
final class Hex {
  /** The two lower-case digits of each byte, the first one in the high half. */
  private static final short[] DIGITS = new short[256];
  /**
   * The value of each digit, either case, in the low half; for any other byte {@link #NO_DIGIT}.
   */
  private static final byte[] VALUES = new byte[256];

  private static final byte NO_DIGIT = -1;

  /** Four bytes of a buffer, big-endian whatever the caller set for the buffer. */
  private static final VarHandle FOUR_BYTES =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** One in each byte of a long: times a byte value, that value in each. */
  private static final long EACH = 0x0101010101010101L;

  static {
    for (int i = 0; i < 256; i++) {
      DIGITS[i] = (short) (Character.forDigit(i >> 4, 16) << 8 | Character.forDigit(i & 15, 16));
      VALUES[i] = (byte) Character.digit(i < 128 ? i : 128, 16);
    }
  }

  private Hex() {}

  /**
   * Puts the digits of {@code count} bytes of {@code from}, from index {@code at}, at the position
   * of {@code to}, which is big-endian.
   */
  static void encode(ByteBuffer from, int at, int count, ByteBuffer to) {
    int end = at + count;
    int i = at;
    int o = to.position();
    for (; i <= end - 4; i += 4, o += 8) {
      to.putLong(o, digits((int) FOUR_BYTES.get(from, i)));
    }
    for (; i < end; i++, o += 2) {
      to.putShort(o, DIGITS[from.get(i) & 0xff]);
    }
    to.position(o);
  }

  private static long digits(int four) {
    return (long) DIGITS[four >>> 24] << 48
        | (long) DIGITS[four >>> 16 & 0xff] << 32
        | (long) DIGITS[four >>> 8 & 0xff] << 16
        | DIGITS[four & 0xff];
  }

  /**
   * Decodes {@code count} bytes.
   *
   * @return -1, or the index of a digit in {@code from} that is none
   */
  static int decode(byte[] from, int at, int count, byte[] to, int start) {
    int i = 0;
    int d = at;
    for (; i <= count - 4; i += 4, d += 8) {
      long eight = (long) LONGS.get(from, d);
      long values = values(eight);
      if (!areDigits(eight, values)) {
        break; // the loop below says which one is none
      }
      INTS.set(to, start + i, joined(values));
    }
    for (; i < count; i++, d += 2) {
      int high = VALUES[from[d] & 0xff];
      int low = VALUES[from[d + 1] & 0xff];
      if ((high | low) < 0) {
        return high < 0 ? d : d + 1;
      }
      to[start + i] = (byte) (high << 4 | low);
    }
    return -1;
  }

  /** What each of eight digits stands for; nonsense for a byte that is no digit. */
  private static long values(long eight) {
    // A letter, either case, has bit 6 set and counts from 1 in its low half; a figure has not.
    return (eight & 0x0f * EACH) + (eight >>> 6 & EACH) * 9;
  }

  /** True when eight bytes are just the digits of their {@code values}, letters in either case. */
  private static boolean areDigits(long eight, long values) {
    long letters = values + 6 * EACH >>> 4 & EACH;
    long digits = values + '0' * EACH + letters * ('a' - '0' - 10);
    long lowerCase = eight | eight >>> 1 & 0x20 * EACH;
    return (digits ^ lowerCase | values & 0xf0 * EACH) == 0;
  }

  /** Joins eight values to four bytes. */
  private static int joined(long values) {
    long bytes = (values | values >>> 4) & 0x00ff00ff00ff00ffL;
    long pairs = (bytes | bytes >>> 8) & 0x0000ffff0000ffffL;
    return (int) (pairs | pairs >>> 16);
  }

  /** True when none of the eight bytes from index {@code at} on is a line end. */
  static boolean holdsNoLineEnd(byte[] in, int at) {
    // Says false for other bytes below 16 as well; payloads have none.
    long eight = (long) LONGS.get(in, at);
    return (eight - 0x10 * EACH & ~eight & 0x80 * EACH) == 0;
  }

  static boolean isDigit(int c) {
    return VALUES[c & 0xff] != NO_DIGIT;
  }
}
