package io.tracestream.compare;

import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What speaks for a copy: how many of the values that differ were in its source before. */
final class CopyEvidence {
  /** The natural logarithm of the highest chance accepted; it is low as many places are tried. */
  private static final double CHANCE = Math.log(1e-5);
  /** Values of this many bytes or fewer are often equal by chance. */
  private static final int SHORT = 2;
  /** Values of this many bytes or more are seldom equal by chance or by counting. */
  private static final int LONG = 8;
  /** How many values are searched for everywhere. */
  private static final int SAMPLE = 32;

  private final Copy copy;
  private final Side a;
  private final Side b;
  private final boolean isText;
  private long explainedByLatest;
  private final Set<ByteBuffer> values = new HashSet<>();
  private final List<Pair> explainedPairs = new ArrayList<>();
  private final List<Pair> unexplained = new ArrayList<>();

  private CopyEvidence(Copy copy, List<Pair> differing, Side a, Side b) {
    this.copy = copy;
    this.a = a;
    this.b = b;
    this.isText = Bytes.all(copy.to(), differing, Bytes::isDigits);
    differing.forEach(this::look);
  }

  /**
   * The evidence.
   *
   * @param differing the pairs that differ in the target
   * @param entries all entries of both recordings
   */
  static CopyEvidence of(Copy copy, List<Pair> differing, Pairing entries) {
    return new CopyEvidence(
        copy,
        differing,
        new Side(
            copy,
            entries.ofA(copy.from().direction()),
            differing.stream().map(Pair::a).toList()),
        new Side(
            copy,
            entries.ofB(copy.from().direction()),
            differing.stream().map(Pair::b).toList()));
  }

  private void look(Pair pair) {
    if (a.explains(pair.a()) && b.explains(pair.b())) {
      explainedPairs.add(pair);
      explainedByLatest += a.isLatest(pair.a()) && b.isLatest(pair.b()) ? 1 : 0;
      values.add(Bytes.of(copy.to(), pair.payloadOfA()));
    } else {
      unexplained.add(pair);
    }
  }

  Copy copy() {
    return copy;
  }

  /** How many pairs differ in the target. */
  long needed() {
    return explainedPairs.size() + unexplained.size();
  }

  /** How many of them have, in both recordings, what the source had before. */
  long explained() {
    return explainedPairs.size();
  }

  /** The pairs that it explains. */
  List<Pair> explainedPairs() {
    return explainedPairs;
  }

  /** The pairs that it does not explain. */
  List<Pair> unexplained() {
    return unexplained;
  }

  boolean explainsAll() {
    return unexplained.isEmpty();
  }

  /** Whether it is sure even though it does not explain all: most values are copied, and long. */
  boolean isStrong() {
    return explained() * 2 > needed() && copy.to().length() >= LONG;
  }

  /** How many frames have the source field without differing in it or being copied from. */
  long others(Evidence sources) {
    Set<ByteBuffer> copied = new HashSet<>();
    explainedPairs.forEach(pair -> copied.add(Bytes.of(copy.to(), pair.payloadOfA())));
    return sources.pairs().stream()
        .filter(pair -> pair.has(copy.from()))
        .filter(pair -> !copied.contains(Bytes.of(copy.from(), pair.payloadOfA())))
        .filter(
            pair -> Evidence.equalBytes(copy.from(), pair) * 2 >= copy.from().length())
        .count();
  }

  /** The evidence of both, for the same copy and different pairs. */
  CopyEvidence plus(CopyEvidence other, Pairing entries) {
    Set<Pair> all = new LinkedHashSet<>(explainedPairs);
    all.addAll(unexplained);
    all.addAll(other.explainedPairs);
    all.addAll(other.unexplained);
    return of(copy, List.copyOf(all), entries);
  }

  boolean isShort() {
    return copy.to().length() <= SHORT;
  }

  /**
   * Whether earlier frames of the target's direction have the values anywhere: then the side that
   * sends those frames chose the values.
   */
  boolean isHome(List<Change.Side> targetsOfA) {
    return values.stream().limit(SAMPLE).anyMatch(value -> a.isHome(value, targetsOfA));
  }

  /** Whether it is unlikely to be chance. */
  boolean isConvincing() {
    if (explainedPairs.isEmpty()) {
      return false;
    }
    boolean byLatest = explainedByLatest * 10 >= explained() * 9;
    if (byLatest && values.size() * logChance(1, 1) < CHANCE) {
      return true;
    }
    return (!isShort() || explained() * 10 >= needed() * 9)
        && values.size() * logChance(a.distinct(), b.distinct()) < CHANCE;
  }

  /** The logarithm of the chance that a random value is among so many in both recordings. */
  private double logChance(int amongA, int amongB) {
    double all = copy.to().length() * Math.log(isText ? 10 : 256);
    return Math.min(0, Math.log(amongA) - all) + Math.min(0, Math.log(amongB) - all);
  }

  /** The values of one recording. */
  private static final class Side {
    private final Copy copy;
    private final List<Change.Side> sources;
    /** For each value, the first entry that has it in the source field. */
    private final Map<ByteBuffer, Long> firstSource = new HashMap<>();
    /** For each value, the first entry that has it in the target field. */
    private final Map<ByteBuffer, Long> firstTarget = new HashMap<>();

    Side(Copy copy, List<Change.Side> sources, List<Change.Side> targets) {
      this.copy = copy;
      this.sources = sources;
      long last = targets.stream().mapToLong(Change.Side::entry).max().orElse(0);
      for (Change.Side source : sources) {
        if (source.entry() > last) {
          break;
        }
        note(copy.from(), source, firstSource);
      }
      targets.forEach(target -> note(copy.to(), target, firstTarget));
    }

    private static void note(Field field, Change.Side entry, Map<ByteBuffer, Long> first) {
      if (field.isWhole(entry.payload().length)) {
        first.merge(Bytes.of(field, entry.payload()), entry.entry(), Math::min);
      }
    }

    int distinct() {
      Collection<ByteBuffer> values = firstSource.keySet();
      return Math.max(1, values.size());
    }

    /** Whether the value was in the source field before it ever was in the target field. */
    boolean explains(Change.Side target) {
      ByteBuffer value = Bytes.of(copy.to(), target.payload());
      Long source = firstSource.get(value);
      return source != null && source < firstTarget.get(value);
    }

    boolean isHome(ByteBuffer value, List<Change.Side> targets) {
      long first = firstSource.get(value);
      return targets.stream()
          .takeWhile(target -> target.entry() < first)
          .anyMatch(target -> Bytes.contain(target.payload(), value));
    }

    /** Whether the latest frame that can be the source has the value. */
    boolean isLatest(Change.Side target) {
      int low = 0;
      int high = sources.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sources.get(middle).entry() < target.entry()) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low > 0
          && copy.from().isWhole(sources.get(low - 1).payload().length)
          && Bytes.of(copy.from(), sources.get(low - 1).payload())
              .equals(Bytes.of(copy.to(), target.payload()));
    }
  }
}
