package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The changes in one direction of two recordings, in the order of A's entries. For one thread. */
final class DirectionDiff {
  private final OpenBytes open;
  private final DiffReader entriesOfA;
  private final DiffReader entriesOfB;
  private final BiConsumer<Change.Side, Change.Side> pairs;
  private final Deque<Change> found = new ArrayDeque<>();
  /** The number of the last entry taken from A. */
  private long lastA;

  private long same;
  private long changed;
  private long added;
  private long removed;

  DirectionDiff(Recording a, Recording b, Rules rules, Direction direction) {
    this(a, b, rules, direction, (one, other) -> {});
  }

  /** Compares, and hands the entries that it pairs to {@code pairs}. */
  DirectionDiff(
      Recording a,
      Recording b,
      Rules rules,
      Direction direction,
      BiConsumer<Change.Side, Change.Side> pairs) {
    this.pairs = pairs;
    this.open = new OpenBytes(rules, direction);
    this.entriesOfA = new DiffReader(a, rules, direction);
    this.entriesOfB = new DiffReader(b, rules, direction);
  }

  /** The next change, which stays until it is taken; null at the end. */
  @Nullable
  Change peek() throws IOException {
    while (found.isEmpty() && (entriesOfA.head() != null || entriesOfB.head() != null)) {
      goOn();
    }
    return found.peek();
  }

  Change take() {
    return found.remove();
  }

  /** The counts of the entries compared so far. */
  DiffSummary summary() {
    return new DiffSummary(
        same, changed, added, removed, entriesOfA.leftOut(), entriesOfB.leftOut());
  }

  private void goOn() throws IOException {
    DiffEntry a = entriesOfA.head();
    DiffEntry b = entriesOfB.head();
    if (a == null) {
      add(entriesOfB.take());
    } else if (b == null) {
      remove(entriesOfA.take());
    } else if (!pairOutOfOrder(a, b)) {
      if (a.isSame(b)) {
        pair(entriesOfA.take(), entriesOfB.take());
      } else {
        align();
      }
    }
  }

  /**
   * A server may answer in any order. It did if both entries have a partner further on, among the
   * answers to the same requests. That is so even where the two are equal, since many replies say
   * the same.
   */
  private boolean pairOutOfOrder(DiffEntry a, DiffEntry b) throws IOException {
    if (!a.isAnswer() || !b.isAnswer() || a.answersAs(b)) {
      return false;
    }
    int partner = partner(a, entriesOfB.all());
    if (partner <= 0 || partner(b, entriesOfA.all()) <= 0) {
      return false;
    }
    pair(entriesOfA.take(), entriesOfB.take(partner));
    return true;
  }

  /** The index of the answer to the same request, preferably an equal one; -1 if there is none. */
  private static int partner(DiffEntry entry, List<DiffEntry> others) {
    int partner = -1;
    for (int i = 0; i < others.size(); i++) {
      if (entry.answersAs(others.get(i))) {
        if (entry.isSame(others.get(i))) {
          return i;
        }
        partner = partner < 0 ? i : partner;
      }
    }
    return partner;
  }

  /**
   * Takes the first half of the best way through the entries that were read ahead. The second half
   * may change once more of them are known.
   */
  private void align() throws IOException {
    List<DiffEntry> a = entriesOfA.all();
    List<DiffEntry> b = entriesOfB.all();
    boolean ended = entriesOfA.isLast() && entriesOfB.isLast();
    List<Alignment.Step> way = Alignment.of(a, b, ended);
    int steps = ended ? way.size() : Math.max(1, way.size() / 2);
    for (Alignment.Step step : way.subList(0, steps)) {
      if (step.takesA() && step.takesB()) {
        pair(entriesOfA.take(), entriesOfB.take());
      } else if (step.takesA()) {
        remove(entriesOfA.take());
      } else {
        add(entriesOfB.take());
      }
    }
  }

  private void pair(DiffEntry a, DiffEntry b) {
    lastA = a.side().entry();
    pairs.accept(a.side(), b.side());
    if (a.isSame(b)) {
      same++;
    } else {
      changed++;
      found.add(a.change(b));
    }
  }

  private void add(DiffEntry b) {
    added++;
    found.add(Change.added(b.direction(), b.side(), lastA));
  }

  private void remove(DiffEntry a) {
    removed++;
    lastA = a.side().entry();
    found.add(open.removed(a));
  }
}
