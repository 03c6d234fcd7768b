package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the fields of a recorded payload are in another one that may match it: in the same place,
 * moved by as many bytes as the fields before it are longer or shorter there. Fields that overlap
 * are one. The recorded payload may have taken live values; then their places are known as well.
 * Numbers that count bytes after them have places, too, and say what these say in the other
 * payload. Immutable.
 */
final class Layout {
  /** Of a payload that is as it was recorded. */
  static final Layout UNMOVED = new Layout();

  private final List<Span> spans = new ArrayList<>();
  /** Where the other payload lacks the shape of a field, or ends; -1 when it has all fields. */
  private int brokenAt = -1;

  /** A field's bytes in both payloads; its shape if it is a number that counts others. */
  record Span(
      int from,
      int to,
      int fromThere,
      int toThere,
      @Nullable Shape number) {}

  private record Place(
      Field field, int from, int to, @Nullable Shape number, boolean isRest) {
    /** Where it ends in another payload that has it there; -1 when that one does not. */
    int endFrom(ByteBuffer other, int start) {
      if (isRest) {
        return Math.max(start, other.remaining());
      }
      if (field.varies()) {
        return field.endFrom(other, start);
      }
      // As long as it is here: a live value inside it may have another length than the recorded.
      return to - from <= other.remaining() - start ? start + to - from : -1;
    }
  }

  private Layout() {}

  /** Finds those fields, which are all for frames of the payload's kind. */
  Layout(Field[] fields, Field[] lengths, ByteBuffer recorded, ByteBuffer other) {
    this(fields, lengths, recorded, UNMOVED, other);
  }

  /**
   * The same for a recorded payload that live values went into.
   *
   * @param live where the fields of these values are in it
   */
  Layout(Field[] fields, Field[] lengths, ByteBuffer recorded, Layout live, ByteBuffer other) {
    List<Place> places = new ArrayList<>();
    for (Field field : fields) {
      addPlace(field, null, recorded, live, places);
    }
    for (Field length : lengths) {
      addPlace(length, length.shape(), recorded, live, places);
    }
    places.sort(Comparator.comparingInt(Place::from).thenComparing(Place::to));
    int moved = 0;
    for (int i = 0; i < places.size() && brokenAt < 0; ) {
      Shape number = places.get(i).number;
      int from = places.get(i).from;
      int to = from;
      int toThere = from + moved;
      do {
        Place place = places.get(i++);
        int there = place.from + moved;
        int end = place.endFrom(other, there);
        if (end < 0) {
          brokenAt = Math.min(there, other.remaining());
          return;
        }
        to = Math.max(to, place.to);
        toThere = Math.max(toThere, end);
      } while (i < places.size() && places.get(i).from < to);
      spans.add(new Span(from, to, from + moved, toThere, number));
      moved = toThere - to;
    }
  }

  private static void addPlace(
      Field field, @Nullable Shape number, ByteBuffer recorded, Layout live, List<Place> places) {
    int start = field.startIn(recorded);
    if (start < 0) {
      return;
    }
    int from = live.there(start);
    int to = Math.max(from, live.there(field.endIn(recorded, start)));
    for (Place other : number == null ? List.<Place>of() : places) {
      if (from < other.to && other.from < to) {
        return; // a number of which some bytes are open says nothing
      }
    }
    // What was redacted in a payload that the field's shape was not in.
    boolean isRest = !field.isFixed() && !field.isWholeIn(recorded);
    places.add(new Place(field, from, to, number, isRest));
  }

  /** What a span with a number has to be in the other payload; null if the number does not fit. */
  byte @Nullable [] number(Span span, ByteBuffer expected) {
    ByteBuffer bytes = expected.slice(expected.position() + span.from, span.to - span.from);
    Shape shape = Objects.requireNonNull(span.number);
    long number = shape.number(bytes);
    long end = span.to + Math.min(number, expected.remaining() - span.to);
    long more = 0;
    for (Span one : spans) {
      boolean isCounted = number >= 0 && one.from >= span.to && one.to <= end;
      more += isCounted ? one.toThere - one.fromThere - (one.to - one.from) : 0;
    }
    if (more != 0) {
      return shape.bytesOf(number + more, bytes);
    }
    byte[] same = new byte[bytes.remaining()];
    bytes.get(same);
    return same;
  }

  /** Where a number begins to be wrong in the other payload; -1 when it is right. */
  private int wrongNumber(Span span, ByteBuffer expected, ByteBuffer other) {
    if (span.number == null || brokenAt >= 0) {
      return -1;
    }
    byte[] right = number(span, expected);
    ByteBuffer found =
        other.slice(other.position() + span.fromThere, span.toThere - span.fromThere);
    int same = right == null ? 0 : ByteBuffer.wrap(right).mismatch(found);
    return same < 0 ? -1 : span.fromThere + same;
  }

  List<Span> spans() {
    return spans;
  }

  /** Where the other payload lacks the shape of a field, or ends; -1 when it has all fields. */
  int brokenAt() {
    return brokenAt;
  }

  /** The first byte of the other payload that differs in what no field has; -1 if none does. */
  int difference(ByteBuffer expected, ByteBuffer other) {
    int at = 0;
    int there = 0;
    for (Span span : spans) {
      int same = same(expected, at, span.from - at, other, there);
      if (same < span.from - at) {
        return there + same;
      }
      int wrong = wrongNumber(span, expected, other);
      if (wrong >= 0) {
        return wrong;
      }
      at = span.to;
      there = span.toThere;
    }
    if (brokenAt >= 0) {
      int same = same(expected, at, Math.max(0, brokenAt - there), other, there);
      return there + same;
    }
    int left = expected.remaining() - at;
    int same = same(expected, at, left, other, there);
    return same == left && other.remaining() - there == left ? -1 : there + same;
  }

  /** How many of so many bytes are the same. */
  private static int same(ByteBuffer one, int at, int count, ByteBuffer other, int there) {
    int here = Math.max(0, Math.min(count, one.remaining() - at));
    int most = Math.max(0, Math.min(here, other.remaining() - there));
    int same = one.slice(one.position() + at, most)
        .mismatch(other.slice(other.position() + Math.min(there, other.remaining()), most));
    return same < 0 ? most : same;
  }

  /** Which bytes of the one payload differ from those in their place in the other one. */
  BitSet differing(ByteBuffer expected, ByteBuffer other) {
    BitSet differing = new BitSet();
    int at = 0;
    int there = 0;
    for (Span span : spans) {
      mark(expected, at, span.from, other, there, differing);
      int wrong = wrongNumber(span, expected, other);
      if (wrong >= 0) {
        differing.set(Math.min(span.to - 1, span.from + wrong - span.fromThere), span.to);
      }
      at = span.to;
      there = span.toThere;
    }
    mark(expected, at, expected.remaining(), other, there, differing);
    return differing;
  }

  private static void mark(
      ByteBuffer expected, int from, int to, ByteBuffer other, int there, BitSet differing) {
    for (int i = 0; i < Math.min(to - from, other.remaining() - there); i++) {
      if (expected.get(expected.position() + from + i) != other.get(other.position() + there + i)) {
        differing.set(from + i);
      }
    }
  }

  boolean isCompared(int at) {
    for (Span span : spans) {
      if (at >= span.from && at < span.to && span.number == null) {
        return false;
      }
    }
    return true;
  }

  /** Where a place of the recorded payload is in the other one. */
  int there(int at) {
    int moved = 0;
    for (Span span : spans) {
      if (span.to > at) {
        break;
      }
      moved = span.toThere - span.to;
    }
    return at + moved;
  }

  /** How many bytes of the other payload are in fields that are not compared. */
  int bytesThere() {
    int bytes = 0;
    for (Span span : spans) {
      bytes += span.number == null ? span.toThere - span.fromThere : 0;
    }
    return bytes;
  }
}
