package io.tracestream.rules;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The smallest part of a payload that turns it into another of a different length, when it is
 * replaced: what is before it, and what is after it, is the same in both. Immutable.
 */
public final class Replacement {
  private final int offset;
  private final int removed;
  private final int inserted;
  private final boolean isAtEnd;

  private Replacement(int offset, int removed, int inserted, boolean isAtEnd) {
    this.offset = offset;
    this.removed = removed;
    this.inserted = inserted;
    this.isAtEnd = isAtEnd;
  }

  /**
   * What has to be replaced in one payload to get another.
   *
   * @param before the one payload; not copied
   * @param after the other payload; not copied
   * @param compared whether the byte at an offset of {@code before} is compared: one that is not
   *     counts as the same. Asked only where bytes differ
   * @return the part; with nothing removed or inserted when the payloads are the same
   */
  public static Replacement between(byte[] before, byte[] after, IntPredicate compared) {
    int most = Math.min(before.length, after.length);
    int front = sameInFront(before, after, most, compared);
    int back = 0;
    while (back < most - front
        && (before[before.length - 1 - back] == after[after.length - 1 - back]
            || !compared.test(before.length - 1 - back))) {
      back++;
    }
    return new Replacement(
        front, before.length - front - back, after.length - front - back, back == 0);
  }

  private static int sameInFront(byte[] before, byte[] after, int most, IntPredicate compared) {
    int front = 0;
    while (front < most) {
      int further = Arrays.mismatch(before, front, most, after, front, most);
      if (further < 0) {
        return most;
      }
      front += further;
      if (compared.test(front)) {
        return front;
      }
      front++;
    }
    return front;
  }

  /**
   * Where the part begins.
   *
   * @return its offset in both payloads, from 0
   */
  public int offset() {
    return offset;
  }

  /**
   * How many bytes of the one payload are replaced.
   *
   * @return 0 when bytes were only inserted
   */
  public int removed() {
    return removed;
  }

  /**
   * How many bytes of the other payload replace them.
   *
   * @return 0 when bytes were only removed
   */
  public int inserted() {
    return inserted;
  }

  /**
   * The change in words.
   *
   * @return such as {@code 2 bytes inserted at payload byte 4}, {@code 3 bytes missing at the end},
   *     or {@code 2 bytes at payload byte 4 replaced by 5}
   */
  @Override
  public String toString() {
    String where = isAtEnd ? "at the end" : "at payload byte " + offset;
    if (removed == 0) {
      return bytes(inserted) + (isAtEnd ? " added " : " inserted ") + where;
    }
    return inserted == 0
        ? bytes(removed) + " missing " + where
        : bytes(removed) + " at payload byte " + offset + " replaced by " + inserted;
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }
}
