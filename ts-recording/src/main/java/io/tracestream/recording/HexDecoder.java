package io.tracestream.recording;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes hex digits, in either case, to bytes. */
final class HexDecoder {
  /** Reads two characters, the first one in the low half. */
  private static final VarHandle PAIRS =
      MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * The byte that each pair stands for; or {@link #NO_BYTE}. Pairs of lower-case digits use only 2
   * KiB of these 128 KiB, which stay in the processor's first-level cache.
   */
  private static final short[] BYTES = new short[1 << 16];

  private static final short NO_BYTE = -1;

  static {
    for (int pair = 0; pair < BYTES.length; pair++) {
      int high = digit(pair & 0xff);
      int low = digit(pair >> 8);
      BYTES[pair] = high < 0 || low < 0 ? NO_BYTE : (short) (high << 4 | low);
    }
  }

  private HexDecoder() {}

  private static int digit(int c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  static boolean isDigit(int c) {
    return digit(c) >= 0;
  }

  /**
   * Decodes up to {@code count} pairs in {@code from}, from index {@code at}.
   *
   * @return how many pairs come before the first one that is not two digits
   */
  static int decode(byte[] from, int at, int count, byte[] to, int start) {
    for (int i = 0; i < count; i++) {
      short value = BYTES[(char) PAIRS.get(from, at + 2 * i)];
      if (value < 0) {
        return i;
      }
      to[start + i] = (byte) value;
    }
    return count;
  }

  /** As {@link #decode}, but only counts. */
  static int count(byte[] from, int at, int count) {
    for (int i = 0; i < count; i++) {
      if (BYTES[(char) PAIRS.get(from, at + 2 * i)] < 0) {
        return i;
      }
    }
    return count;
  }
}
