package io.tracestream.recording;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Encodes bytes as lower-case hex, many at a time: three times as fast as a table of digits.
 *
 * <p>The two digits of a byte become one {@code char}, with the first digit in its low half. The
 * loops below use only operations that the JIT compiler of Java 17 vectorizes for {@code char}:
 * 16-bit arithmetic, and a right shift of a value that was just loaded. Bytes are widened to chars,
 * and chars are written as bytes, by calls that the JDK has made fast.
 *
 * <p>For one thread at a time.
 */
final class HexEncoder {
  /** Bytes per round: all arrays together stay in the first-level cache. */
  private static final int MOST = 1024;
  /** For fewer bytes than this, the table is as fast. */
  private static final int LEAST = 64;
  /** At most so many payloads are encoded together. */
  private static final int MOST_GATHERED = 64;

  private static final int LETTER_OFFSET = 'a' - '0' - 10;
  private static final int TWO_ZEROS = '0' << 8 | '0';

  /** Widens bytes to chars. */
  private final CharsetDecoder widening = StandardCharsets.ISO_8859_1.newDecoder();

  private final ByteBuffer bytes = ByteBuffer.wrap(new byte[MOST]);
  private final CharBuffer values = CharBuffer.wrap(new char[MOST]);
  private final char[] carries = new char[MOST];
  private final char[] pairs = new char[MOST];
  /** The pairs in text order, as bytes. */
  private final ByteBuffer text =
      ByteBuffer.allocateDirect(2 * MOST).order(ByteOrder.LITTLE_ENDIAN);

  private final CharBuffer textPairs = text.asCharBuffer();

  /** How many short payloads wait in {@link #bytes}, and where each of them ends there. */
  private int gathered;

  private final int[] ends = new int[MOST_GATHERED];

  /**
   * Encodes {@code count} bytes of {@code from}, from index {@code at}, and puts the digits at the
   * position of {@code to}, which is big-endian.
   */
  void encode(ByteBuffer from, int at, int count, ByteBuffer to) {
    int done = 0;
    while (count - done >= LEAST) {
      int n = Math.min(count - done, MOST);
      encodeRound(from, at + done, n, to);
      done += n;
    }
    Hex.encode(from, at + done, count - done, to);
  }

  private void encodeRound(ByteBuffer from, int at, int count, ByteBuffer to) {
    from.get(at, bytes.array(), 0, count);
    encodeRound(count);
    to.put(text.position(0).limit(2 * count));
  }

  /** Encodes the first {@code count} of {@link #bytes} to {@link #text}. */
  private void encodeRound(int count) {
    widening.decode(bytes.position(0).limit(count), values.clear(), false);
    carry(values.array(), carries, count);
    pair(values.array(), carries, pairs, count);
    textPairs.clear().put(pairs, 0, count);
  }

  /**
   * Keeps a copy of a payload, to be encoded together with others, which is quicker for short ones.
   * Nothing else may be encoded before {@link #encodeGathered}.
   *
   * @return false if there is no room for it
   */
  boolean gather(ByteBuffer payload) {
    int start = gatheredBytes();
    int count = payload.remaining();
    if (gathered == MOST_GATHERED || count > MOST - start) {
      return false;
    }
    payload.get(payload.position(), bytes.array(), start, count);
    ends[gathered++] = start + count;
    return true;
  }

  int gathered() {
    return gathered;
  }

  int gatheredBytes() {
    return gathered == 0 ? 0 : ends[gathered - 1];
  }

  /** Encodes what was gathered: {@link #putGathered} has it until something else is encoded. */
  void encodeGathered() {
    encodeRound(gatheredBytes());
    text.clear();
    gathered = 0;
  }

  /** How many digits the gathered payload of that number has, from 0. */
  int gatheredDigits(int i) {
    return 2 * (ends[i] - (i == 0 ? 0 : ends[i - 1]));
  }

  /** Puts the digits of the gathered payload of that number, from 0. */
  void putGathered(int i, ByteBuffer to) {
    int count = gatheredDigits(i);
    int at = to.position();
    to.put(at, text, 2 * ends[i] - count, count).position(at + count);
  }

  /** Bit 4 of a carry is set if the first digit is a letter. */
  private static void carry(char[] values, char[] carries, int count) {
    for (int i = 0; i < count; i++) {
      carries[i] = (char) ((values[i] >> 4) + 6);
    }
  }

  private static void pair(char[] values, char[] carries, char[] pairs, int count) {
    for (int i = 0; i < count; i++) {
      int first = (values[i] >> 4) + (carries[i] >> 4) * LETTER_OFFSET;
      int low = values[i] & 15;
      // Bit 4 has to count in the high half, 256 / 16 times as much as here.
      int second = (low << 8) + (low + 6 & 16) * (LETTER_OFFSET * 16);
      pairs[i] = (char) (first + second + TWO_ZEROS);
    }
  }
}
