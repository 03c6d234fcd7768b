package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.List;

/**
 * A field that varies, and the pairs that show it: all of them differ in it.
 *
 * @param field the field
 * @param pairs the pairs
 */
record VaryingField(Field field, List<Pair> pairs) {
  /** The field, with those of the pairs that differ in it. */
  static VaryingField of(Field field, List<Pair> pairs) {
    return new VaryingField(
        field, pairs.stream().filter(pair -> pair.differsIn(field)).toList());
  }

  /** Whether it holds times. */
  boolean isTime() {
    return Numbers.areTimes(field, pairs);
  }

  /** What is left of it and right of it without a part, as far as it differs there. */
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
