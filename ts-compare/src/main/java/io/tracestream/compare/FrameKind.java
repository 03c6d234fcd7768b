package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pairs of the same length that differ in about the same bytes: frames of one kind. */
final class FrameKind {
  /** How many kinds of one length there may be; further pairs go to the most similar kind. */
  private static final int MOST = 16;
  /** How many bytes in a row may be equal by chance inside a field. */
  private static final int CHANCE_GAP = 2;
  /** The width of a field of random bytes is a multiple of this. */
  private static final int RANDOM_WIDTH = 4;
  /** How many runs may belong to one field. */
  private static final int MOST_JOINED = 16;

  private final List<Pair> pairs = new ArrayList<>();
  private final BitSet differing = new BitSet();

  /** The kinds of all pairs that differ. */
  static List<FrameKind> of(List<Pair> pairs) {
    Map<Integer, List<FrameKind>> byLength = new HashMap<>();
    List<FrameKind> all = new ArrayList<>();
    for (Pair pair : pairs) {
      BitSet bytes = new BitSet();
      pair.differing().forEach(run -> bytes.set(run.offset(), run.offset() + run.length()));
      if (!bytes.isEmpty()) {
        List<FrameKind> alike = byLength.computeIfAbsent(pair.length(), n -> new ArrayList<>());
        FrameKind kind = mostAlike(alike, bytes);
        if (kind == null) {
          kind = new FrameKind();
          alike.add(kind);
          all.add(kind);
        }
        kind.pairs.add(pair);
        kind.differing.or(bytes);
      }
    }
    return all;
  }

  /** The kind that shares at least half of the bytes; null if a new kind is better. */
  private static FrameKind mostAlike(List<FrameKind> kinds, BitSet bytes) {
    FrameKind best = null;
    double most = -1;
    for (FrameKind kind : kinds) {
      BitSet both = (BitSet) kind.differing.clone();
      both.and(bytes);
      int fewer = Math.min(kind.differing.cardinality(), bytes.cardinality());
      double alike = (double) both.cardinality() / fewer;
      if (alike > most) {
        best = kind;
        most = alike;
      }
    }
    return most >= 0.5 || kinds.size() == MOST ? best : null;
  }

  List<Pair> pairs() {
    return pairs;
  }

  /** The length of its payloads. */
  int length() {
    return pairs.get(0).length();
  }

  /** The runs of bytes in which its pairs differ; a number or UUID in text is a single run. */
  List<Change.Range> runs() {
    TextShapes shapes = new TextShapes(pairs, differing);
    List<Change.Range> runs = new ArrayList<>();
    List<Change.Range> plain = new ArrayList<>();
    int endOfLast = 0;
    for (Change.Range run : Change.Range.of(differing)) {
      Change.Range shape = shapes.around(run);
      if (shape == null) {
        plain.add(run);
      } else if (shape.offset() >= endOfLast) {
        runs.addAll(joined(plain));
        plain.clear();
        runs.add(shape);
        endOfLast = shape.offset() + shape.length();
      }
    }
    runs.addAll(joined(plain));
    return runs;
  }

  private List<Change.Range> joined(List<Change.Range> runs) {
    List<Change.Range> joined = new ArrayList<>();
    for (int first = 0; first < runs.size(); ) {
      int last = first + Math.min(runs.size() - first, MOST_JOINED) - 1;
      while (last > first && !isChance(runs.subList(first, last + 1))) {
        last--;
      }
      joined.add(span(runs.get(first), runs.get(last)));
      first = last + 1;
    }
    return joined;
  }

  private static Change.Range span(Change.Range first, Change.Range last) {
    return new Change.Range(first.offset(), last.offset() + last.length() - first.offset());
  }

  /**
   * If each recording has only one value, some of its bytes may be the same in both by chance. Then
   * the runs are one field, provided that it has a usual width.
   */
  private boolean isChance(List<Change.Range> runs) {
    for (int i = 1; i < runs.size(); i++) {
      Change.Range gap = gap(runs.get(i - 1), runs.get(i));
      if (gap.length() > CHANCE_GAP
          || !isConstant(gap)
          || !isConstant(runs.get(i - 1)) && !isConstant(runs.get(i))) {
        return false;
      }
    }
    return span(runs.get(0), runs.get(runs.size() - 1)).length() % RANDOM_WIDTH == 0;
  }

  private static Change.Range gap(Change.Range before, Change.Range after) {
    int from = before.offset() + before.length();
    return new Change.Range(from, after.offset() - from);
  }

  /** Whether all payloads of one recording have the same bytes there. */
  private boolean isConstant(Change.Range range) {
    Field field = Field.of(Direction.C2S, range.offset(), range.length());
    return pairs.stream()
            .map(pair -> Bytes.of(field, pair.payloadOfA()))
            .distinct()
            .count()
        == 1;
  }
}
