package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the pairs of one direction show about a field. Immutable. */
final class Evidence {
  private final Direction direction;
  private final List<Pair> pairs;

  /** The evidence of these pairs; pairs whose lengths differ show nothing about fields. */
  Evidence(Direction direction, List<Pair> pairs) {
    this.direction = direction;
    this.pairs = pairs.stream().filter(Pair::haveOneLength).toList();
  }

  Direction direction() {
    return direction;
  }

  /** The pairs whose payloads have the same length. */
  List<Pair> pairs() {
    return pairs;
  }

  /** How many pairs have the field. */
  long having(Field field) {
    return pairs.stream().filter(pair -> pair.has(field)).count();
  }

  /** How many bytes of the field are the same in both payloads. */
  static int equalBytes(Field field, Pair pair) {
    int equal = 0;
    for (int at = field.start(pair.length()); at < field.end(pair.length()); at++) {
      equal += pair.payloadOfA()[at] == pair.payloadOfB()[at] ? 1 : 0;
    }
    return equal;
  }

  /**
   * How many pairs a rule for the field would leave open without need: both payloads have the same
   * value in it, and it is not the same value in all such pairs.
   */
  long blinded(Field field) {
    Set<Integer> values = new HashSet<>();
    long equal = 0;
    for (Pair pair : pairs) {
      if (pair.has(field) && !pair.differsIn(field)) {
        equal++;
        values.add(Bytes.of(field, pair.payloadOfA()).hashCode());
      }
    }
    return values.size() > 1 ? equal : 0;
  }
}
