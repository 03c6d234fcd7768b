package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.List;

/** Operations on fields. An end counts like the offset: below 0 from the payload's end. */
final class Fields {
  private Fields() {}

  /** The offset after the last byte; 0 for the payload's end. */
  static int end(Field field) {
    return field.offset() + field.length();
  }

  /** Whether both count from the same end of payloads of the same direction. */
  static boolean sameEnd(Field one, Field other) {
    return one.direction() == other.direction() && one.offset() < 0 == other.offset() < 0;
  }

  static boolean contains(Field outer, Field inner) {
    return sameEnd(outer, inner) && outer.offset() <= inner.offset() && end(outer) >= end(inner);
  }

  static Field of(Field like, int offset, int end) {
    return Field.of(like.direction(), offset, end - offset);
  }

  /** The field with more bytes to the left and right; null if no payload could have it. */
  static Field widened(Field field, int left, int right) {
    int offset = field.offset() - left;
    int end = end(field) + right;
    boolean fromEnd = field.offset() < 0;
    return !fromEnd && offset < 0 || fromEnd && end > 0 ? null : of(field, offset, end);
  }

  /** Whether they overlap in every payload that has both; false if that depends on its length. */
  static boolean overlap(Field one, Field other) {
    return sameEnd(one, other) && one.offset() < end(other) && other.offset() < end(one);
  }

  /** What is left of a field without a part of it. */
  static List<Field> without(Field field, Field part) {
    List<Field> rest = new ArrayList<>();
    if (part.offset() > field.offset()) {
      rest.add(of(field, field.offset(), Math.min(end(field), part.offset())));
    }
    if (end(part) < end(field)) {
      rest.add(of(field, Math.max(field.offset(), end(part)), end(field)));
    }
    return rest;
  }
}
