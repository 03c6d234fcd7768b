package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.util.Arrays;
import java.util.BitSet;

/** An entry of one recording, as far as it is compared with those of another one. */
final class DiffEntry {
  /** No request is known that this entry answers. */
  static final int NO_REQUEST = 0;

  /** How many bytes are looked at to say how much alike two payloads are. */
  private static final int SAMPLE = 256;

  private final Change.Side side;
  private final Direction direction;
  private final byte[] closed;
  private final BitSet explained;
  private final int hash;
  private final int request;

  /**
   * An entry.
   *
   * @param closed its payload with open bytes as zeros
   * @param explained the copies whose value was there before
   * @param request a number for what the request says that it answers, or {@link #NO_REQUEST}
   */
  DiffEntry(Change.Side side, Direction direction, byte[] closed, BitSet explained, int request) {
    this.side = side;
    this.direction = direction;
    this.closed = closed;
    this.explained = explained;
    this.hash = Arrays.hashCode(closed);
    this.request = request;
  }

  Change.Side side() {
    return side;
  }

  Direction direction() {
    return direction;
  }

  BitSet explained() {
    return explained;
  }

  /** Memory that it takes, in bytes. */
  long size() {
    return side.payload().length + (closed == side.payload() ? 0L : closed.length);
  }

  boolean isSame(DiffEntry other) {
    return hash == other.hash
        && explained.equals(other.explained)
        && Arrays.equals(closed, other.closed);
  }

  /** Whether both answer requests that say the same. */
  boolean answersAs(DiffEntry other) {
    return request != NO_REQUEST && request == other.request;
  }

  /** How far from each other two entries are: 0 when they are the same, 100 at most. */
  int distance(DiffEntry other) {
    if (isSame(other)) {
      return 0;
    }
    if (closed.length != other.closed.length) {
      return 100;
    }
    int looked = Math.min(SAMPLE, closed.length);
    int differing = 0;
    for (int at = 0; at < looked; at++) {
      if (closed[at] != other.closed[at]) {
        differing++;
      }
    }
    return 1 + 98 * differing / Math.max(1, looked);
  }
}
