package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the entries around a mismatch say about it: which of them resemble the frame, and which also
 * carry the recorded bytes that differ. For one thread.
 */
final class Clues {
  /** Entries that are looked at on each side of the mismatch. */
  private static final int MOST_LOOKED_AT = 100;
  /** Longer frames are not compared with the entries around them. */
  private static final int LONGEST_COMPARED = 4 * 1024;
  /** How much of a payload is looked at to say how alike it is, in bytes. */
  private static final int MOST_BYTES_COMPARED = 64 * 1024;
  /** How far into an entry a value is searched for, in bytes. */
  private static final int MOST_SEARCHED = 64 * 1024;
  /** Shorter values are found everywhere. */
  private static final int SHORTEST_VALUE = 2;
  /** Shorter parts of a value say nothing. */
  private static final int SHORTEST_PART = 4;
  /** Places of one entry that one value may be copied to. */
  private static final int MOST_TARGETS = 4;
  /** Looks at a byte or an entry: other sessions of the loop wait meanwhile. */
  private static final int MOST_LOOKS = 500_000;

  private final Cursor at;
  private final Mismatch mismatch;
  private final Comparer comparer;
  private final Direction direction;
  private final byte[] found;
  /** Whether the frame is the expected one, but for a value that should have been copied. */
  private final boolean hasWrongValue;

  private int looks;

  private Clues(Mismatch mismatch, byte[] found, Cursor at) {
    this.at = at;
    this.mismatch = mismatch;
    this.comparer = mismatch.comparer();
    this.direction = mismatch.place().direction();
    this.found = found;
    Entry expected = mismatch.expected();
    this.hasWrongValue =
        expected != null && comparer.areAlike(mismatch.recorded(expected), ByteBuffer.wrap(found));
  }

  /** How much of a frame is as expected: up to 1. Looks at a part of long payloads only. */
  static double likeness(
      Comparer comparer, ByteBuffer recorded, ByteBuffer expected, ByteBuffer frame) {
    int length = Math.max(expected.remaining(), frame.remaining());
    int common = Math.min(expected.remaining(), frame.remaining());
    if (length == common) {
      int most = Math.min(length, MOST_BYTES_COMPARED);
      int same = 0;
      IntPredicate isCompared = comparer.compared(recorded, expected, frame);
      for (int at = 0; at < most; at++) {
        boolean equal = expected.get(expected.position() + at) == frame.get(frame.position() + at);
        same += equal || !isCompared.test(at) ? 1 : 0;
      }
      return most == 0 ? 1 : (double) same / most;
    }
    int same = comparer.difference(recorded, expected, frame);
    int most = Math.min(common - same, MOST_BYTES_COMPARED);
    int atEnd = 0;
    while (atEnd < most
        && expected.get(expected.limit() - 1 - atEnd) == frame.get(frame.limit() - 1 - atEnd)) {
      atEnd++;
    }
    return (double) (same + atEnd - (length - common)) / length; // another length says more
  }

  /**
   * Adds all that the entries around it say to a mismatch.
   *
   * @param mismatch of a frame that came in place of the entry at {@code at}, or after the end
   * @param found that frame
   */
  static Mismatch add(Mismatch mismatch, byte[] found, Cursor at) throws IOException {
    return new Clues(mismatch.withFound(found), found, at).add();
  }

  private Mismatch add() throws IOException {
    Nearby nearby = like();
    return nearby == null ? addCopies() : mismatch.withNearby(nearby);
  }

  /**
   * The mismatch with the copies that explain what differs, for an entry that is known to be the
   * one that the frame is most like.
   */
  static Mismatch addCopies(Mismatch mismatch, byte[] found, Cursor at) throws IOException {
    return new Clues(mismatch.withFound(found), found, at).addCopies();
  }

  private Mismatch addCopies() throws IOException {
    return mismatch.expected() == null || mismatch.isMoved()
        ? mismatch
        : mismatch.withCopies(copies());
  }

  // The entry that resembles the frame.

  private @Nullable Nearby like() throws IOException {
    List<Field> places = mismatch.differing();
    int ofExpected = places.stream().mapToInt(Field::length).sum();
    boolean isSmallChange = !Proposal.values(mismatch).isEmpty() && ofExpected * 2 <= found.length;
    Nearby nearest = null;
    int fewest = isSmallChange ? places.size() : Integer.MAX_VALUE;
    // An entry that resembles the frame differs from it in far fewer bytes than the expected one.
    int fewestBytes =
        ofExpected == 0 ? found.length / 3 : Math.min(found.length / 3, ofExpected / 2);
    for (Nearby nearby : around()) {
      if (nearby.differing().isEmpty()) {
        return nearby;
      }
      int bytes = nearby.differing().stream().mapToInt(Field::length).sum();
      int count = nearby.differing().size();
      // A value that varies also differs from that of another entry: this must be the better fit.
      boolean isBetter = isSmallChange ? count < fewest : bytes < fewestBytes;
      if (isBetter && bytes <= found.length / 3 && (!isSmallChange || isPartOf(nearby, places))) {
        nearest = nearby;
        fewest = count;
        fewestBytes = bytes;
      }
    }
    return nearest;
  }

  /** Whether it differs only where the expected entry differs as well. */
  private static boolean isPartOf(Nearby nearby, List<Field> places) {
    return nearby.differing().stream().allMatch(one -> places.stream()
        .anyMatch(place -> one.offset() < place.offset() + place.length()
            && place.offset() < one.offset() + one.length()));
  }

  /** The nearby entries that have the frame's length, the nearest first. */
  private List<Nearby> around() throws IOException {
    List<Nearby> around = new ArrayList<>();
    Cursor back = at.copy();
    Cursor ahead = at.copy();
    int stepsBack = 0;
    int stepsAhead = 0;
    for (int i = 0; i < MOST_LOOKED_AT; i++) {
      if (back.entriesBefore() > 0) {
        back.back();
        stepsBack -= back.direction() == direction ? 1 : 0;
        add(back, stepsBack, around);
      }
      if (ahead.isAtEntry()) {
        ahead.next();
        if (ahead.isAtEntry()) {
          stepsAhead += ahead.direction() == direction ? 1 : 0;
          add(ahead, stepsAhead, around);
        }
      }
    }
    around.sort(Comparator.comparingInt((Nearby nearby) -> Math.abs(nearby.steps()))
        .thenComparing(Nearby::steps));
    return around;
  }

  private void add(Cursor entry, int steps, List<Nearby> around) throws IOException {
    if (entry.direction() != direction || entry.payload().remaining() != found.length) {
      return;
    }
    Nearby nearby = Nearby.of(entry.number(), entry.line(), steps);
    ByteBuffer recorded = entry.payload();
    ByteBuffer frame = ByteBuffer.wrap(found);
    boolean isAlike = comparer.areAlike(recorded, frame);
    if (hasWrongValue && isAlike) {
      // Apart from live values, which are not known here, the frame equals both.
      if (comparer.difference(recorded, recorded, frame) < 0) {
        around.add(nearby);
      }
    } else if (isAlike) {
      around.add(nearby); // a live value in it is as good as the recorded one
    } else if (found.length <= LONGEST_COMPARED) {
      List<Field> places = Mismatch.differing(
          bytes(recorded), found, comparer.compared(recorded, recorded, frame), direction);
      around.add(nearby.withDiffering(places));
    }
  }

  private static byte[] bytes(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }

  // The entries that also carry the recorded value.

  private List<Copy> copies() throws IOException {
    List<Copy> copies = new ArrayList<>();
    byte[] recorded = bytes(at.payload());
    for (Field value : Proposal.values(mismatch)) {
      for (Field field : fields(value, recorded)) {
        List<Copy> found = copies(field, recorded);
        if (!found.isEmpty()) {
          copies.addAll(found);
          break;
        }
      }
    }
    return copies;
  }

  /** The fields that may hold a value: the place itself, more of it, or a part of it. */
  private List<Field> fields(Field value, byte[] recorded) {
    List<Field> fields = new ArrayList<>();
    int length = value.length();
    if (length >= SHORTEST_VALUE) {
      fields.add(value);
    } else {
      // A number of which only the lowest byte differs this time.
      for (int width = 2; width <= 8; width *= 2) {
        int from = value.offset() / width * width;
        if (from + width <= recorded.length) {
          fields.add(Field.of(direction, from, width));
        }
      }
    }
    for (int part = length - 1; part >= SHORTEST_PART; part--) {
      for (int from = 0; from + part <= length; from++) {
        fields.add(Field.of(direction, value.offset() + from, part));
      }
    }
    return fields;
  }

  private List<Copy> copies(Field from, byte[] recorded) throws IOException {
    byte[] value = new byte[from.length()];
    System.arraycopy(recorded, from.offset(), value, 0, value.length);
    if (saysNothing(value)) {
      return List.of();
    }
    Cursor ahead = at.copy();
    for (int i = 0; i < MOST_LOOKED_AT && ahead.isAtEntry(); i++) {
      ahead.next();
      if (ahead.isAtEntry() && ahead.direction() != direction) {
        List<Copy> copies = copiesTo(ahead.payload(), from, value);
        if (!copies.isEmpty()) {
          return copies;
        }
      }
    }
    return List.of();
  }

  /** Whether a value is found everywhere. */
  private static boolean saysNothing(byte[] value) {
    boolean isZero = true;
    for (byte one : value) {
      isZero &= one == 0;
    }
    return isZero || value.length < SHORTEST_VALUE;
  }

  /** The copies of a value to the places where that payload has it, if others agree. */
  private List<Copy> copiesTo(ByteBuffer payload, Field from, byte[] value) throws IOException {
    List<Copy> copies = new ArrayList<>();
    int last = Math.min(payload.remaining(), MOST_SEARCHED) - value.length;
    for (int offset = 0; offset <= last && copies.size() < MOST_TARGETS && mayLook(); offset++) {
      if (holds(payload, offset, value)) {
        Copy copy = agreed(from, offset, payload.remaining());
        if (copy != null) {
          copies.add(copy);
          offset += value.length - 1;
        }
      }
    }
    return copies;
  }

  private boolean mayLook() {
    return looks++ < MOST_LOOKS;
  }

  private static boolean holds(ByteBuffer payload, int offset, byte[] value) {
    for (int i = 0; i < value.length; i++) {
      if (payload.get(payload.position() + offset + i) != value[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The copy to that place, counted from the front or from the end; null if other entries
   * contradict it.
   */
  private @Nullable Copy agreed(Field from, int offset, int length) throws IOException {
    Field front = Field.of(direction.opposite(), offset, from.length());
    Field back = Field.of(direction.opposite(), offset - length, from.length());
    for (Field to : List.of(front, back)) {
      if (isAgreed(from, to)) {
        return Copy.of(from, to);
      }
    }
    return null;
  }

  /**
   * Whether the other frames of this length have their values answered in the same place; bytes
   * that are equal once by chance do not.
   */
  private boolean isAgreed(Field from, Field to) throws IOException {
    Cursor one = at.copy();
    for (int i = 0; i < MOST_LOOKED_AT && one.entriesBefore() > 0; i++) {
      one.back();
      if (denies(one, from, to)) {
        return false;
      }
    }
    one = at.copy();
    for (int i = 0; i < MOST_LOOKED_AT && one.isAtEntry(); i++) {
      one.next();
      if (one.isAtEntry() && denies(one, from, to)) {
        return false;
      }
    }
    return true;
  }

  private boolean denies(Cursor one, Field from, Field to) throws IOException {
    if (one.direction() != direction
        || one.payload().remaining() != at.payload().remaining()) {
      return false;
    }
    byte[] value = new byte[from.length()];
    one.payload().duplicate().position(one.payload().position() + from.offset()).get(value);
    if (saysNothing(value)) {
      return false;
    }
    Cursor answer = one.copy();
    boolean isAnswered = false;
    for (int i = 0; i < MOST_LOOKED_AT && answer.isAtEntry() && mayLook(); i++) {
      answer.next();
      if (answer.isAtEntry() && answer.direction() != direction) {
        ByteBuffer payload = answer.payload();
        isAnswered = true;
        if (to.isIn(payload) && holds(payload, to.start(payload.remaining()), value)) {
          return false;
        }
      }
    }
    return isAnswered;
  }
}
