package io.tracestream.replay;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the fewest fields that hold all differing bytes of pairs: each counted from the payload's
 * beginning or from its end, whichever more pairs agree on. For one thread.
 */
final class FieldFinder {
  /** How far from the beginning, and from the end, it looks, in bytes. */
  private static final int REACH = 65_536;
  /** How many equal bytes may be chance inside of a field that one pair alone shows. */
  private static final int CHANCE_GAP = 2;
  /** How many bytes make it likely that it is a field of random bytes. */
  private static final int RANDOM_RUN = 4;

  private final Evidence evidence;
  /** By offset: how many pairs differ there. */
  private final int[] fromFront = new int[REACH];
  /** By offset from the end less one: how many pairs differ there. */
  private final int[] fromBack = new int[REACH];

  private final BitSet front = new BitSet();
  private final BitSet back = new BitSet();
  private final Map<Field, Long> blinded = new HashMap<>();

  private FieldFinder(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Field> find(Evidence evidence) {
    FieldFinder finder = new FieldFinder(evidence);
    finder.count();
    finder.choose();
    finder.drop(finder.back, false);
    finder.drop(finder.front, true);
    List<Field> fields = new ArrayList<>();
    runs(finder.front).forEach(run -> fields.add(finder.field(run, true)));
    runs(finder.back).forEach(run -> fields.add(finder.field(run, false)));
    return finder.joined(fields);
  }

  private void count() {
    for (Pair pair : evidence.pairs()) {
      for (Change.Range run : pair.differing()) {
        for (int at = run.offset(); at < run.offset() + run.length(); at++) {
          fromFront[Math.min(at, REACH - 1)] += at < REACH ? 1 : 0;
          int behind = pair.length() - 1 - at;
          fromBack[Math.min(behind, REACH - 1)] += behind < REACH ? 1 : 0;
        }
      }
    }
  }

  private void choose() {
    for (Pair pair : evidence.pairs()) {
      for (Change.Range run : pair.differing()) {
        int end = run.offset() + run.length();
        if (isFront(run, pair.length())) {
          front.set(Math.min(run.offset(), REACH), Math.min(end, REACH));
        } else {
          int last = pair.length() - run.offset();
          back.set(Math.min(pair.length() - end, REACH), Math.min(last, REACH));
        }
      }
    }
  }

  private boolean isFront(Change.Range run, int length) {
    long agreeFront = 0;
    long agreeBack = 0;
    for (int at = run.offset(); at < run.offset() + run.length(); at++) {
      agreeFront += at < REACH ? fromFront[at] : 0;
      agreeBack += length - 1 - at < REACH ? fromBack[length - 1 - at] : 0;
    }
    return agreeFront == agreeBack
        ? blinds(run.offset(), run) <= blinds(run.offset() - length, run)
        : agreeFront > agreeBack;
  }

  private long blinds(int offset, Change.Range run) {
    return blinded.computeIfAbsent(
        new Field(evidence.direction(), offset, run.length()), evidence::blinded);
  }

  /** Drops the runs that hold no differing byte which none of the other end holds, too. */
  private void drop(BitSet end, boolean isFront) {
    BitSet needed = new BitSet();
    for (Pair pair : evidence.pairs()) {
      for (Change.Range run : pair.differing()) {
        for (int at = run.offset(); at < run.offset() + run.length(); at++) {
          int behind = pair.length() - 1 - at;
          if (isFront ? !back.get(behind) : !front.get(at)) {
            needed.set(isFront ? at : behind);
          }
        }
      }
    }
    for (Change.Range run : runs(end)) {
      int next = needed.nextSetBit(run.offset());
      if (next < 0 || next >= run.offset() + run.length()) {
        end.clear(run.offset(), run.offset() + run.length());
      }
    }
  }

  private static List<Change.Range> runs(BitSet bytes) {
    List<Change.Range> runs = new ArrayList<>();
    for (int from = bytes.nextSetBit(0); from >= 0; ) {
      int to = bytes.nextClearBit(from);
      runs.add(new Change.Range(from, to - from));
      from = bytes.nextSetBit(to);
    }
    return runs;
  }

  private Field field(Change.Range run, boolean isFront) {
    int offset = isFront ? run.offset() : -run.offset() - run.length();
    return new Field(evidence.direction(), offset, run.length());
  }

  /** In one pair alone, bytes inside of a random field may be equal by chance. */
  private List<Field> joined(List<Field> fields) {
    List<Field> joined = new ArrayList<>();
    for (Field field : Fields.sorted(fields)) {
      Field before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (before != null && isChance(before, field)) {
        joined.set(joined.size() - 1, Fields.span(before, field));
      } else {
        joined.add(field);
      }
    }
    return joined;
  }

  private boolean isChance(Field before, Field field) {
    return Fields.sameEnd(before, field)
        && field.offset() - Fields.end(before) <= CHANCE_GAP
        && before.length() + field.length() >= RANDOM_RUN
        && evidence.differing(Fields.span(before, field)).size() == 1;
  }
}
