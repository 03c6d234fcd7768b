package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The first bytes of one direction of a connection, for a {@link FramingDetector}. */
final class Sample {
  private static final int MOST_TURNS = 1000;

  /** Null if it is not known. */
  final @Nullable Direction direction;

  private byte[] bytes = new byte[0];
  private int length;
  /** Whether the first byte is the first that was sent. */
  boolean hasStart = true;
  /** Whether the last byte is the last that was sent. */
  boolean isWhole;
  /** Where the other side began to send. */
  private int[] turns = new int[0];

  private int turnCount;

  Sample(@Nullable Direction direction) {
    this.direction = direction;
  }

  /** Takes more bytes; false if not all are kept. */
  boolean add(ByteBuffer data, int most) {
    int count = Math.max(0, Math.min(data.remaining(), most - length));
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(length + count, 2 * bytes.length)));
    }
    data.get(bytes, length, count);
    length += count;
    return !data.hasRemaining();
  }

  void turn() {
    if (turnCount < MOST_TURNS) {
      turns = turnCount == turns.length ? Arrays.copyOf(turns, 2 * turnCount + 4) : turns;
      turns[turnCount++] = length;
    }
  }

  int length() {
    return length;
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  byte at(int index) {
    return bytes[index];
  }

  boolean startsWith(String text) {
    return hasAt(0, text);
  }

  boolean hasAt(int at, String text) {
    boolean same = at + text.length() <= length;
    for (int i = 0; same && i < text.length(); i++) {
      same = (bytes[at + i] & 0xff) == text.charAt(i);
    }
    return same;
  }

  int[] turns() {
    return Arrays.copyOf(turns, turnCount);
  }
}
