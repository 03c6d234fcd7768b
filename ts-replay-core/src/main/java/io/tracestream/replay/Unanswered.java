package io.tracestream.replay;

import java.util.Arrays;

/**
 * The requests of one connection that have no reply yet, and when each was due. Says which of them
 * a reply answers: the one that a copy ties it to. Other replies answer the requests in their
 * order, if the conversation has as many replies as requests; if not, the first reply after some
 * requests answers the last one of these.
 *
 * <p>Memory: 16 bytes for each request without a reply. For one thread.
 */
final class Unanswered {
  /** What {@link #take} returns if no request is known. */
  static final long NONE = Long.MIN_VALUE;

  /** How many requests are kept that may have no reply. */
  private static final int MOST_DOUBTFUL = 1024;

  /** Whether the nth reply answers the nth request. */
  private boolean inOrder;
  /** Whether nothing has come since the last request but replies that are tied to others. */
  private boolean isLastOpen;

  // A ring: when each was due, and the number of its entry.
  private long[] dues = new long[4];
  private long[] numbers = new long[4];
  private int first;
  private int count;

  /** Begins a connection, on which the nth reply answers the nth request or not. */
  void clear(boolean answersEach) {
    inOrder = answersEach;
    isLastOpen = false;
    count = 0;
  }

  /** A request is sent; {@code number} is that of its entry if replies may be tied to it. */
  void add(long number, long due) {
    if (count == dues.length) {
      dues = grown(dues);
      numbers = grown(numbers);
      first = 0;
    }
    if (!inOrder && count == MOST_DOUBTFUL) {
      first = at(1);
      count--;
    }
    dues[at(count)] = due;
    numbers[at(count)] = number;
    count++;
    isLastOpen = true;
  }

  /**
   * A reply came.
   *
   * @param request the number of the request that it is tied to; -1 for none
   * @return when the request that it answers was due; {@link #NONE} if it answers none
   */
  long take(long request) {
    int place = request >= 0 ? find(request) : next();
    isLastOpen &= request >= 0 && place != count - 1;
    return place < 0 ? NONE : remove(place);
  }

  /** Whether a request may still be answered before another one is sent. */
  boolean isAny() {
    return inOrder ? count > 0 : isLastOpen;
  }

  private int next() {
    if (count == 0 || !inOrder && !isLastOpen) {
      return -1;
    }
    return inOrder ? 0 : count - 1;
  }

  private int find(long number) {
    for (int i = 0; i < count; i++) {
      if (numbers[at(i)] == number) {
        return i;
      }
    }
    return -1;
  }

  /** Those before it move up. */
  private long remove(int place) {
    long due = dues[at(place)];
    for (int i = place; i > 0; i--) {
      dues[at(i)] = dues[at(i - 1)];
      numbers[at(i)] = numbers[at(i - 1)];
    }
    first = at(1);
    count--;
    return due;
  }

  private int at(int place) {
    return (first + place) & (dues.length - 1);
  }

  private long[] grown(long[] ring) {
    long[] grown = Arrays.copyOf(Arrays.copyOfRange(ring, first, ring.length), 2 * ring.length);
    System.arraycopy(ring, 0, grown, ring.length - first, first);
    return grown;
  }
}
