package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Frames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the fewest kinds of frames, in the words of rules, that take in some steps and keep out
 * others. Conditions are made of bytes that never vary, and of lengths. For one thread.
 */
final class Scopes {
  /** Steps of each kind that are looked at. */
  private static final int SAMPLE = 200;
  /** Conditions of one rule. */
  private static final int MOST = 4;
  /** Bytes of a text that tells frames apart. */
  private static final int LONGEST_WORD = 8;

  private final Direction direction;
  private final List<Step> in = new ArrayList<>();
  private final List<Step> out = new ArrayList<>();
  /** The bytes that vary in the kind of each of {@code in}. */
  private final List<Kind> kinds = new ArrayList<>();

  private Scopes(Direction direction) {
    this.direction = direction;
  }

  /**
   * The kinds of frames.
   *
   * @param in the kinds to take in, at least one
   * @param out the steps to keep out
   */
  static List<Frames> of(List<Kind> in, List<Step> out) {
    Scopes scopes = new Scopes(in.get(0).direction());
    if (out.isEmpty()) {
      return List.of(Frames.of(scopes.direction));
    }
    for (Kind kind : in) {
      for (Step step : sample(kind.steps(), SAMPLE)) {
        scopes.in.add(step);
        scopes.kinds.add(kind);
      }
    }
    scopes.out.addAll(out);
    return scopes.find();
  }

  /** Some steps, evenly spread. */
  static List<Step> sample(List<Step> steps, int most) {
    if (steps.size() <= most) {
      return steps;
    }
    List<Step> sample = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      sample.add(steps.get((int) ((long) i * steps.size() / most)));
    }
    return sample;
  }

  /** Bytes at an offset; or a length, where the offset is below 0. */
  private record Condition(int offset, byte value, int length) {
    boolean holds(Step step) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i) && holds(step.wholePayload(i))) {
          return true;
        }
      }
      return false;
    }

    private boolean holds(byte[] payload) {
      return offset < 0
          ? payload.length == length
          : offset < payload.length && payload[offset] == value;
    }
  }

  private List<Frames> find() {
    BitSet open = new BitSet();
    open.set(0, in.size());
    List<Frames> frames = new ArrayList<>();
    while (!open.isEmpty()) {
      int seed = open.nextSetBit(0);
      List<Condition> conditions = conditions(seed, open);
      Frames found = words(conditions, seed);
      frames.add(found);
      for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
        if (i == seed || found.matches(ByteBuffer.wrap(in.get(i).wholePayload(0)))) {
          open.clear(i);
        }
      }
    }
    return frames;
  }

  /**
   * Conditions that one step meets and none of those to keep out does, as far as that is possible.
   */
  private List<Condition> conditions(int seed, BitSet open) {
    List<Condition> conditions = new ArrayList<>();
    BitSet left = (BitSet) open.clone();
    List<Step> others = out;
    while (!others.isEmpty() && conditions.size() < MOST) {
      Condition best = null;
      double most = 0.001;
      for (Condition candidate : candidates(seed)) {
        int kept = 0;
        for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
          kept += candidate.holds(in.get(i)) ? 1 : 0;
        }
        int wrong = 0;
        for (Step step : others) {
          wrong += candidate.holds(step) ? 1 : 0;
        }
        double good = (double) kept / left.cardinality()
            + 2 * (1 - (double) wrong / others.size())
            - 1
            + (wrong == 0 ? 0.5 : 0)
            - (candidate.offset < 0 ? 0.01 : 0.0001 * candidate.offset)
            - (isInsideWord(candidate, seed) ? 0.8 : 0);
        if (wrong < others.size() && good > most) {
          best = candidate;
          most = good;
        }
      }
      if (best == null) {
        break;
      }
      conditions.add(best);
      for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
        if (!best.holds(in.get(i))) {
          left.clear(i);
        }
      }
      Condition chosen = best;
      others = others.stream().filter(chosen::holds).toList();
    }
    return conditions;
  }

  /** Whether it is a letter in the middle of a word, which others may have there by accident. */
  private boolean isInsideWord(Condition condition, int seed) {
    return condition.offset > 0
        && isLetter(condition.value)
        && isLetter(in.get(seed).wholePayload(0)[condition.offset - 1]);
  }

  private List<Condition> candidates(int seed) {
    Step step = in.get(seed);
    Kind kind = kinds.get(seed);
    List<Condition> candidates = new ArrayList<>();
    int end = step.sized() == null ? step.length() : step.sized().offset();
    for (int at = 0; at < Math.min(Kind.HEAD, end); at++) {
      if (kind.mayTell(at)) {
        candidates.add(new Condition(at, step.wholePayload(0)[at], 0));
      }
    }
    if (step.sized() == null) {
      candidates.add(new Condition(-1, (byte) 0, step.length()));
    }
    return candidates;
  }

  /** The conditions as people would write them: a whole word, or both bytes of a number. */
  private Frames words(List<Condition> conditions, int seed) {
    Frames frames = Frames.of(direction);
    List<Integer> alike = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      Step step = in.get(i);
      if (conditions.stream().allMatch(condition -> condition.holds(step))) {
        alike.add(i);
      }
    }
    BitSet done = new BitSet();
    byte[] payload = in.get(seed).wholePayload(0);
    for (Condition condition : conditions) {
      if (condition.offset < 0) {
        frames = frames.withLength(condition.length);
      } else if (!done.get(condition.offset)) {
        int from = condition.offset;
        int to = from + 1;
        if (isLetter(payload[from])) {
          while (from > 0
              && to - from < LONGEST_WORD
              && isLetter(payload[from - 1])
              && isShared(from - 1, seed, alike)) {
            from--;
          }
          while (to - from < LONGEST_WORD
              && to < payload.length
              && isLetter(payload[to])
              && isShared(to, seed, alike)) {
            to++;
          }
        } else if (from % 2 == 1 && payload[from - 1] == 0 && isShared(from - 1, seed, alike)) {
          from--;
        }
        done.set(from, to);
        frames = frames.with(from, Arrays.copyOfRange(payload, from, to));
      }
    }
    return frames;
  }

  private static boolean isLetter(byte one) {
    return one >= 'A' && one <= 'Z' || one >= 'a' && one <= 'z' || one == '_';
  }

  /** Whether all of these steps have the same byte there, in all recordings. */
  private boolean isShared(int at, int seed, List<Integer> alike) {
    byte value = in.get(seed).wholePayload(0)[at];
    for (int i : alike) {
      Sized sized = in.get(i).sized();
      if (at >= (sized == null ? in.get(i).length() : sized.offset())
          || !kinds.get(i).mayTell(at)
          || in.get(i).wholePayload(0)[at] != value) {
        return false;
      }
    }
    return true;
  }
}
