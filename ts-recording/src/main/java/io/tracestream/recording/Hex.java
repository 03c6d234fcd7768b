package io.tracestream.recording;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes bytes as lower-case hex digits, four at a time while there are four. */
final class Hex {
  /** The two lower-case digits of each byte, the first one in the high half. */
  private static final short[] DIGITS = new short[256];

  /** Four bytes of a buffer, big-endian whatever the buffer's own order. */
  private static final VarHandle FOUR_BYTES =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  static {
    for (int i = 0; i < 256; i++) {
      DIGITS[i] = (short) (Character.forDigit(i >> 4, 16) << 8 | Character.forDigit(i & 15, 16));
    }
  }

  private Hex() {}

  /**
   * Encodes {@code count} bytes of {@code from}, from index {@code at}, and puts the digits at the
   * position of {@code to}, which is big-endian.
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
}
