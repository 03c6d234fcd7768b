package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/** Which rules to propose for the places that differ in two payloads of the same length. */
final class Proposal {
  /** More places are too many to guess at: the whole frame may be another one. */
  private static final int MOST_PLACES = 4;
  /** A value that varies is at most as long as the longest ids are: a UUID's text. */
  private static final int LONGEST = 36;

  private Proposal() {}

  /** The rules; none if the places do not look like values that vary. */
  static Rules of(Mismatch mismatch, List<Copy> copies) {
    List<Field> values = values(mismatch);
    Entry entry = mismatch.expected();
    if (values.isEmpty() || entry == null) {
      return Rules.NONE;
    }
    byte[] expected = entry.payload();
    Rules rules = Rules.NONE;
    BitSet open = new BitSet();
    ByteBuffer payload = ByteBuffer.wrap(expected);
    for (Copy wrong : mismatch.wrongCopies()) {
      ByteBuffer value = wrong.to().value(payload);
      if (value != null) {
        int start = wrong.to().start(payload);
        open.set(start, start + value.remaining());
      }
    }
    for (Copy copy : copies) {
      rules = rules.copying(copy);
      open.set(copy.from().start(expected.length), copy.from().end(expected.length));
    }
    for (Field value : values) {
      for (Field rest : without(open, value)) {
        rules = rules.ignoring(rest);
      }
    }
    return rules;
  }

  /**
   * The values that vary, if that is what differs: each of the places, or the text around it. Empty
   * if they are too many or too long, or if nothing would be left to compare.
   */
  static List<Field> values(Mismatch mismatch) {
    List<Field> places = mismatch.differing();
    Entry entry = mismatch.expected();
    byte[] found = mismatch.found();
    if (entry == null || found == null || places.isEmpty() || places.size() > 2 * MOST_PLACES) {
      return List.of();
    }
    byte[] expected = entry.payload();
    BitSet varying = new BitSet();
    for (Field place : places) {
      Field value = inText(place, expected, found);
      varying.set(value.offset(), value.offset() + value.length());
    }
    List<Field> values = new ArrayList<>();
    int longest = 0;
    for (int from = varying.nextSetBit(0); from >= 0; ) {
      int to = varying.nextClearBit(from);
      values.add(Field.of(mismatch.place().direction(), from, to - from));
      longest = Math.max(longest, to - from);
      from = varying.nextSetBit(to);
    }
    int compared = compared(mismatch.compared(entry, found), expected.length);
    int differing = places.stream().mapToInt(Field::length).sum();
    boolean areMost = values.size() > 1 && 2 * differing > compared;
    return values.size() > MOST_PLACES
            || longest > LONGEST
            || varying.cardinality() >= compared
            || areMost
        ? List.of()
        : values;
  }

  private static int compared(IntPredicate isCompared, int length) {
    int compared = 0;
    for (int at = 0; at < length; at++) {
      compared += isCompared.test(at) ? 1 : 0;
    }
    return compared;
  }

  /**
   * The number or id in text around the place: more of its digits may differ next time. The place
   * itself if it is not in such a text.
   */
  static Field inText(Field place, byte[] expected, byte[] found) {
    int from = place.offset();
    int to = from + place.length();
    for (int at = from; at < to; at++) {
      if (!isOfId(expected[at]) || !isOfId(found[at])) {
        return place;
      }
    }
    while (from > 0 && isOfId(expected[from - 1]) && isOfId(found[from - 1])) {
      from--;
    }
    while (to < expected.length && isOfId(expected[to]) && isOfId(found[to])) {
      to++;
    }
    while (from < place.offset() && expected[from] == '-') {
      from++;
    }
    while (to > place.offset() + place.length() && expected[to - 1] == '-') {
      to--;
    }
    return to - from <= LONGEST && hasDigit(expected, from, to)
        ? Field.of(place.direction(), from, to - from)
        : place;
  }

  /** Whether numbers and UUIDs may have it. */
  private static boolean isOfId(byte value) {
    return value >= '0' && value <= '9'
        || value >= 'a' && value <= 'f'
        || value >= 'A' && value <= 'F'
        || value == '-';
  }

  private static boolean hasDigit(byte[] payload, int from, int to) {
    for (int at = from; at < to; at++) {
      if (payload[at] >= '0' && payload[at] <= '9') {
        return true;
      }
    }
    return false;
  }

  private static List<Field> without(BitSet open, Field value) {
    List<Field> rest = new ArrayList<>();
    int end = value.offset() + value.length();
    for (int from = open.nextClearBit(value.offset()); from < end; ) {
      int to = open.nextSetBit(from);
      to = to < 0 ? end : Math.min(to, end);
      rest.add(field(value.direction(), from, to));
      from = open.nextClearBit(to);
    }
    return rest;
  }

  private static Field field(Direction direction, int from, int to) {
    return Field.of(direction, from, to - from);
  }
}
