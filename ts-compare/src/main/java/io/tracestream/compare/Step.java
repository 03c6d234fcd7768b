package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One step of a conversation: the entry that it is in each of the recordings. A recording that does
 * not have the step has null for a payload. The first recording has every step.
 */
final class Step {
  /** Before every entry. */
  static final long NEVER = 0;

  private final Direction direction;
  private final int conversation;
  private final @Nullable Held[] sides;
  /** The field whose length varies that the payloads are without; null if there is none. */
  private final @Nullable Sized sized;
  /** The payloads with that field. */
  private final @Nullable Held[] whole;

  private final boolean oneLength;
  /** The bytes that are not the same in all recordings; none if the lengths are not the same. */
  private final BitSet varying = new BitSet();

  Step(Direction direction, int conversation, @Nullable Held[] sides) {
    this(direction, conversation, sides, null, sides);
  }

  private Step(
      Direction direction,
      int conversation,
      @Nullable Held[] sides,
      @Nullable Sized sized,
      @Nullable Held[] whole) {
    this.direction = direction;
    this.conversation = conversation;
    this.sides = sides;
    this.sized = sized;
    this.whole = whole;
    this.oneLength = haveOneLength();
    if (oneLength) {
      findVarying();
    }
  }

  /**
   * An entry that is held in memory.
   *
   * @param number its number in its recording, from 1
   * @param micros when it came
   */
  record Held(long number, long micros, byte[] payload) {}

  private boolean haveOneLength() {
    for (int i = 1; i < sides.length; i++) {
      if (isIn(i) && payload(i).length != length()) {
        return false;
      }
    }
    return true;
  }

  private void findVarying() {
    byte[] first = payload(0);
    for (int i = 1; i < sides.length; i++) {
      byte[] other = isIn(i) ? payload(i) : first;
      for (int at = Arrays.mismatch(first, other); at >= 0 && at < first.length; at++) {
        if (first[at] != other[at]) {
          varying.set(at);
        }
      }
    }
  }

  /** The step without a field whose length varies, which all payloads must have. */
  Step without(Sized field) {
    @Nullable Held[] rest = new Held[sides.length];
    for (int i = 0; i < rest.length; i++) {
      Held side = sides[i];
      if (side != null) {
        byte[] payload = side.payload();
        int end = field.end(payload);
        byte[] shorter = Arrays.copyOf(payload, payload.length - end + field.offset());
        System.arraycopy(payload, end, shorter, field.offset(), payload.length - end);
        rest[i] = new Held(side.number(), side.micros(), shorter);
      }
    }
    return new Step(direction, conversation, rest, field, sides);
  }

  /** The field whose length varies that its payloads are without; null if there is none. */
  @Nullable
  Sized sized() {
    return sized;
  }

  /** The payload with all its fields. */
  byte[] wholePayload(int recording) {
    return whole[recording].payload();
  }

  /** Whether another step of its conversation is made of the same entries. */
  boolean hasSameEntries(Step other) {
    for (int i = 0; i < sides.length; i++) {
      if (isIn(i) != other.isIn(i) || isIn(i) && entry(i) != other.entry(i)) {
        return false;
      }
    }
    return true;
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
    return oneLength;
  }

  /** The length of its payload in the first recording. */
  int length() {
    return sides[0].payload().length;
  }

  /** Where the payloads, of whatever lengths, begin to differ; -1 if they are all the same. */
  int firstDifference() {
    int first = -1;
    for (int i = 1; i < sides.length; i++) {
      int at = isIn(i) ? Arrays.mismatch(payload(0), payload(i)) : -1;
      first = first < 0 || at >= 0 && at < first ? at : first;
    }
    return first;
  }

  /** The bytes that differ between recordings; not to be changed. */
  BitSet varying() {
    return varying;
  }
}
