package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.Arrays;
import java.util.BitSet;

/**
 * One step of a conversation: the entry that it is in each of the recordings. A recording that does
 * not have the step has null for a payload. The first recording has every step.
 */
final class Step {
  /** Before every entry. */
  static final long NEVER = 0;

  private final Direction direction;
  private final int conversation;
  private final Held[] sides;
  /** The bytes that are not the same in all recordings; null if the lengths are not the same. */
  private final BitSet varying;

  Step(Direction direction, int conversation, Held[] sides) {
    this.direction = direction;
    this.conversation = conversation;
    this.sides = sides;
    this.varying = varying(sides);
  }

  /**
   * An entry that is held in memory.
   *
   * @param number its number in its recording, from 1
   * @param micros when it came
   */
  record Held(long number, long micros, byte[] payload) {}

  private static BitSet varying(Held[] sides) {
    byte[] first = sides[0].payload();
    BitSet varying = new BitSet();
    for (Held side : sides) {
      if (side == null) {
        continue;
      }
      byte[] other = side.payload();
      if (other.length != first.length) {
        return null;
      }
      for (int at = Arrays.mismatch(first, other); at >= 0 && at < first.length; at++) {
        if (first[at] != other[at]) {
          varying.set(at);
        }
      }
    }
    return varying;
  }

  Direction direction() {
    return direction;
  }

  /** Which of the paired conversations it is in. */
  int conversation() {
    return conversation;
  }

  int recordings() {
    return sides.length;
  }

  boolean isIn(int recording) {
    return sides[recording] != null;
  }

  /** Whether at least two recordings have it. */
  boolean isWitnessed() {
    for (int i = 1; i < sides.length; i++) {
      if (sides[i] != null) {
        return true;
      }
    }
    return false;
  }

  byte[] payload(int recording) {
    return sides[recording].payload();
  }

  /** The number of its entry in a recording. */
  long entry(int recording) {
    return sides[recording].number();
  }

  long micros(int recording) {
    return sides[recording].micros();
  }

  boolean hasOneLength() {
    return varying != null;
  }

  /** The length of its payload in the first recording. */
  int length() {
    return sides[0].payload().length;
  }

  /** The bytes that differ between recordings; not to be changed. */
  BitSet varying() {
    return varying;
  }
}
