package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds the pairs of two recordings of the same conversation. */
final class Pairing {
  private final Recording a;
  private final Recording b;
  private final HeldEntries entriesOfA;
  private final HeldEntries entriesOfB;

  Pairing(Recording a, Recording b) throws IOException {
    this.a = a;
    this.b = b;
    this.entriesOfA = new HeldEntries(a);
    this.entriesOfB = new HeldEntries(b);
  }

  /** Whether the pairs are of all entries. */
  boolean isWhole() {
    return entriesOfA.isWhole() && entriesOfB.isWhole();
  }

  /** How many entries of A it looks at. */
  long countOfA() {
    return entriesOfA.count();
  }

  List<Change.Side> ofA(Direction direction) {
    return entriesOfA.of(direction);
  }

  List<Change.Side> ofB(Direction direction) {
    return entriesOfB.of(direction);
  }

  /**
   * The pairs while nothing is known of what varies: the k-th entry of A and the k-th of B, unless
   * lengths say that some were added, were removed or came in another order.
   */
  List<Pair> first(Direction direction) throws IOException {
    List<Pair> inOrder = inOrder(ofA(direction), ofB(direction));
    if (isGood(inOrder, direction)) {
      return inOrder;
    }
    List<Pair> aligned = under(Rules.NONE, direction);
    List<Pair> byLength = byLength(ofA(direction), ofB(direction));
    return fitting(byLength) > fitting(aligned) ? byLength : aligned;
  }

  private boolean isGood(List<Pair> pairs, Direction direction) {
    return ofA(direction).size() == ofB(direction).size() && fitting(pairs) == pairs.size();
  }

  private static long fitting(List<Pair> pairs) {
    return pairs.stream().filter(Pair::haveOneLength).count();
  }

  private static List<Pair> inOrder(List<Change.Side> a, List<Change.Side> b) {
    List<Pair> pairs = new ArrayList<>();
    for (int k = 0; k < Math.min(a.size(), b.size()); k++) {
      pairs.add(new Pair(a.get(k), b.get(k)));
    }
    return pairs;
  }

  /** Each entry and the next free one that is as long, within what a diff looks ahead. */
  private static List<Pair> byLength(List<Change.Side> a, List<Change.Side> b) {
    List<Pair> pairs = new ArrayList<>();
    List<Change.Side> free = new ArrayList<>();
    int read = 0;
    for (Change.Side one : a) {
      while (read < b.size() && free.size() < DiffWindow.MOST) {
        free.add(b.get(read++));
      }
      int length = one.payload().length;
      free.stream()
          .filter(other -> other.payload().length == length)
          .findFirst()
          .ifPresent(other -> {
            pairs.add(new Pair(one, other));
            free.remove(other);
          });
    }
    return pairs;
  }

  /** The pairs that a diff finds under these rules. */
  List<Pair> under(Rules rules, Direction direction) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    DirectionDiff diff = new DirectionDiff(a, b, rules, direction, (one, other) -> {
      if (one.entry() <= entriesOfA.count() && other.entry() <= entriesOfB.count()) {
        pairs.add(new Pair(one, other));
      }
    });
    while (diff.peek() != null) {
      diff.take();
    }
    return pairs;
  }
}
