package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.Arrays;
import java.util.BitSet;

/** An entry of one recording, ready to be compared with entries of another. */
final class DiffEntry {
  /** The entry answers no request that is known. */
  static final int NO_REQUEST = 0;

  /** How many bytes are compared to see how similar two payloads are. */
  private static final int SAMPLE = 256;

  private final Change.Side side;
  private final Direction direction;
  private final OpenBytes open;
  private final BitSet explained;
  /** The payload with zeros in place of open bytes. */
  private final byte[] closed;

  private final int hash;
  private final int request;

  /**
   * An entry.
   *
   * @param open what rules leave open in its direction
   * @param explained the copies whose value was in an earlier frame
   * @param request a number that stands for the request it answers, or {@link #NO_REQUEST}
   */
  DiffEntry(Change.Side side, Direction direction, OpenBytes open, BitSet explained, int request) {
    this.side = side;
    this.direction = direction;
    this.open = open;
    this.explained = explained;
    this.closed = open.closed(side.payload(), explained);
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
    if (open.dependsOnOther() && explained.equals(other.explained)) {
      return open.areSame(this, other);
    }
    return explained.equals(other.explained)
        ? hash == other.hash && Arrays.equals(closed, other.closed)
        : change(other).differing().isEmpty();
  }

  /** How the other entry differs from this one. */
  Change change(DiffEntry other) {
    return open.change(this, other);
  }

  /** Whether it is known which request it answers. */
  boolean isAnswer() {
    return request != NO_REQUEST;
  }

  /** Whether both answer the same request. */
  boolean answersAs(DiffEntry other) {
    return request != NO_REQUEST && request == other.request;
  }

  /** How different two entries are: 0 if they are the same, 100 at most. */
  int distance(DiffEntry other) {
    if (isSame(other)) {
      return 0;
    }
    boolean sameLength = closed.length == other.closed.length;
    int looked = Math.min(SAMPLE, Math.max(closed.length, other.closed.length));
    int alike = sameLength ? equalBytes(other, looked) : equalEnds(other);
    int differing = 98 * Math.max(0, looked - alike) / Math.max(1, looked);
    return 1 + (sameLength ? differing : Math.max(differing, 33));
  }

  private int equalBytes(DiffEntry other, int looked) {
    int equal = 0;
    for (int at = 0; at < looked; at++) {
      equal += closed[at] == other.closed[at] ? 1 : 0;
    }
    return equal;
  }

  /** How many bytes are the same at the beginning and at the end. */
  private int equalEnds(DiffEntry other) {
    int most = Math.min(SAMPLE, Math.min(closed.length, other.closed.length));
    int front = 0;
    while (front < most && closed[front] == other.closed[front]) {
      front++;
    }
    int back = 0;
    while (back < most - front
        && closed[closed.length - 1 - back] == other.closed[other.closed.length - 1 - back]) {
      back++;
    }
    return front + back;
  }
}
