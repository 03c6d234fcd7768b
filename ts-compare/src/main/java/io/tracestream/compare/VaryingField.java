package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.List;

/**
 * A field that varies, and the pairs that say so: all of them differ in it.
 *
 * @param field the field
 * @param pairs the pairs
 */
record VaryingField(Field field, List<Pair> pairs) {
  /** A field of these pairs, as far as they differ in it. */
  static VaryingField of(Field field, List<Pair> pairs) {
    return new VaryingField(
        field, pairs.stream().filter(pair -> pair.differsIn(field)).toList());
  }

  /** Whether it holds times. */
  boolean isTime() {
    return Numbers.areTimes(field, pairs);
  }

  /** What is left and right of a part, where anything differs. */
  List<VaryingField> without(Field part) {
    if (!Fields.overlap(field, part)) {
      return List.of(this);
    }
    return Fields.without(field, part).stream()
        .map(rest -> of(rest, pairs))
        .filter(rest -> !rest.pairs.isEmpty())
        .toList();
  }
}
