package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Steps of one direction and length that vary in the same bytes: as far as anybody can tell, frames
 * with the same layout.
 *
 * <p>Steps of one length are split by a byte that never varies between recordings, such as an
 * operation code, wherever some of them vary in bytes in which others do not. That a random byte
 * may be the same by chance is taken into account, so a kind may vary in bytes that were equal in
 * one of its steps.
 */
final class Kind {
  /** How many bytes at either end of a payload may say what kind of frame it is. */
  static final int HEAD = 64;

  private static final int TAIL = 8;
  /** Chances below this are not believed. */
  private static final double UNLIKELY = 0.01;
  /** A split must say this much about what varies, in bits. */
  private static final double LEAST_GAIN = 0.9;

  private static final int MOST_PATTERNS = 64;
  /** Steps that are asked for what their bytes may be. */
  private static final int SAMPLE = 64;

  /** A longer run of digits is more than one number. */
  static final int LONGEST_NUMBER = 10;

  private final List<Step> steps;
  private final BitSet varying = new BitSet();
  /** The decimal numbers that vary, with those of their digits that do not. */
  private final BitSet numbers;

  private final BitSet rest;
  private final List<Shapes.Field> clocks = new ArrayList<>();
  /** Those of them that a copy may explain. */
  private final List<Shapes.Field> unsure = new ArrayList<>();
  /** Those that go so fast that no two clocks are equal. */
  private final List<Shapes.Field> fine = new ArrayList<>();

  private Kind(List<Step> steps) {
    this.steps = steps;
    steps.forEach(step -> varying.or(step.varying()));
    rest = (BitSet) varying.clone();
    numbers = numbers(steps, varying);
  }

  /** The bytes of decimal numbers that vary, with those of their digits that do not. */
  private static BitSet numbers(List<Step> steps, BitSet varying) {
    BitSet numbers = new BitSet();
    for (Change.Range run : runs(varying)) {
      Change.Range number = number(Scopes.sample(steps, SAMPLE), run.offset(), run.length());
      if (number != null && number.length() <= LONGEST_NUMBER) {
        int from = run.offset() + number.offset();
        numbers.set(from, from + number.length());
      }
    }
    return numbers;
  }

  /** Whether a byte may tell the kind: it does not vary, and no more does the number it is in. */
  boolean mayTell(int at) {
    return !varying.get(at) && !numbers.get(at);
  }

  /** The kinds of all steps that have one length; the order of the steps remains. */
  static List<Kind> of(List<Step> steps) {
    Map<Integer, Map<Optional<Sized>, List<Step>>> byLength = new TreeMap<>();
    for (Step step : steps) {
      if (step.hasOneLength()) {
        byLength
            .computeIfAbsent(step.length(), length -> new LinkedHashMap<>())
            .computeIfAbsent(Optional.ofNullable(step.sized()), sized -> new ArrayList<>())
            .add(step);
      }
    }
    List<Kind> kinds = new ArrayList<>();
    byLength.values().forEach(some -> some.values().forEach(alike -> split(alike, kinds)));
    return kinds;
  }

  private static void split(List<Step> steps, List<Kind> kinds) {
    List<List<Step>> open = new ArrayList<>();
    open.add(steps);
    while (!open.isEmpty()) {
      List<Step> next = open.remove(open.size() - 1);
      Split split = Split.of(next);
      if (split == null) {
        kinds.add(new Kind(next));
      } else {
        open.add(split.with);
        open.add(split.without);
      }
    }
  }

  Direction direction() {
    return steps.get(0).direction();
  }

  int length() {
    return steps.get(0).length();
  }

  /** The field whose length varies that its steps are without; null if there is none. */
  @Nullable
  Sized sized() {
    return steps.get(0).sized();
  }

  List<Step> steps() {
    return steps;
  }

  /** The bytes that vary in any of its steps. */
  BitSet varying() {
    return varying;
  }

  /** The bytes that vary and that nothing explains yet. Whoever explains some clears them. */
  BitSet rest() {
    return rest;
  }

  /** The clocks that were found in it. */
  List<Shapes.Field> clocks() {
    return clocks;
  }

  /**
   * A clock was found, which explains its bytes.
   *
   * @param isSure whether it cannot be a value that was sent before
   * @param isFine whether clocks of both sides are never equal
   */
  void addClock(Shapes.Field clock, boolean isSure, boolean isFine) {
    clocks.add(clock);
    rest.clear(clock.offset(), clock.end());
    if (!isSure || isFine) {
      unsure.add(clock);
    }
    if (isFine) {
      fine.add(clock);
    }
  }

  /**
   * Whether all bytes of a clock in which it varies are among some, though clocks of both sides are
   * never equal: then one side sends back what the other one sent.
   */
  boolean isFineClock(Shapes.Field clock, int from, int to) {
    BitSet bytes = varying.get(0, clock.end());
    bytes.clear(0, clock.offset());
    return fine.contains(clock) && bytes.nextSetBit(0) >= from && bytes.length() <= to;
  }

  /** The bytes of clocks that may be copies are not explained, for now. */
  void openUnsure() {
    for (Shapes.Field clock : unsure) {
      BitSet bytes = varying.get(clock.offset(), clock.end());
      bytes.stream().forEach(at -> rest.set(clock.offset() + at));
    }
  }

  /** Clocks that may be copies remain clocks, unless a copy explains bytes of them. */
  void closeUnsure() {
    for (Shapes.Field clock : unsure) {
      BitSet bytes = varying.get(clock.offset(), clock.end());
      if (bytes.equals(rest.get(clock.offset(), clock.end()))) {
        rest.clear(clock.offset(), clock.end());
      } else {
        clocks.remove(clock);
      }
    }
    unsure.clear();
  }

  /**
   * The decimal number that some bytes are a part of, from their offset, if it is at the same place
   * in all steps; null if they are not a part of one.
   */
  Change.@Nullable Range number(int offset, int width) {
    return number(steps, offset, width);
  }

  private static Change.@Nullable Range number(List<Step> steps, int offset, int width) {
    Change.Range number = null;
    for (Step step : steps) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i)) {
          byte[] payload = step.payload(i);
          int from = offset;
          while (from > 0 && isDigit(payload[from - 1])) {
            from--;
          }
          int to = from;
          while (to < payload.length && isDigit(payload[to])) {
            to++;
          }
          Change.Range own = new Change.Range(from - offset, to - from);
          if (to < offset + width
              || step.sized() != null
              || number != null && !number.equals(own)) {
            return null;
          }
          number = own;
        }
      }
    }
    return number;
  }

  private static boolean isDigit(byte one) {
    return one >= '0' && one <= '9';
  }

  /**
   * Whether bytes are a decimal number by themselves in all steps: no zeros before it, and no
   * letters or hyphens beside it, as in a UUID.
   */
  boolean isDecimal(int offset, int width) {
    for (Step step : steps) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i)
            && (step.payload(i)[offset] == '0'
                || isWord(step.payload(i), offset - 1)
                || isWord(step.payload(i), offset + width))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isWord(byte[] payload, int at) {
    return at >= 0
        && at < payload.length
        && (Character.isLetterOrDigit(payload[at] & 0xff) || payload[at] == '-');
  }

  /** The clock that may be a copy and has some of these bytes; null if there is none. */
  Shapes.@Nullable Field unsureAt(int from, int to) {
    return unsure.stream()
        .filter(clock -> clock.offset() < to && from < clock.end())
        .findFirst()
        .orElse(null);
  }

  /** The runs of set bits. */
  static List<Change.Range> runs(BitSet bytes) {
    return Change.Range.of(bytes);
  }

  /**
   * How many values the bytes of a run may have, judged by those that they have where they vary.
   */
  static double alphabet(List<Step> steps, int from, int to) {
    List<ByteBuffer> values = new ArrayList<>();
    for (Step step : Scopes.sample(steps, SAMPLE)) {
      if (!step.varying().get(from, to).isEmpty()) {
        for (int i = 0; i < step.recordings(); i++) {
          if (step.isIn(i)) {
            values.add(ByteBuffer.wrap(step.payload(i), from, to - from));
          }
        }
      }
    }
    return Shapes.alphabet(values);
  }

  /**
   * Whether so many of so many random bytes are equal by chance.
   *
   * @param alphabet how many values each of them may have
   */
  static boolean mayBeChance(int equal, long of, double alphabet) {
    // The chance of at least that many, as a Poisson distribution.
    double mean = of / alphabet;
    double less = 0;
    double exactly = Math.exp(-mean);
    for (int i = 0; i < equal; i++) {
      less += exactly;
      exactly *= mean / (i + 1);
    }
    return 1 - less > UNLIKELY;
  }

  /** Two groups of steps: those that have a byte at an offset, and those that have another. */
  private static final class Split {
    private final List<Step> with = new ArrayList<>();
    private final List<Step> without = new ArrayList<>();

    /** The best split; null if all steps vary in the same bytes, or no byte says which do. */
    static @Nullable Split of(List<Step> steps) {
      if (steps.size() == 1) {
        return null;
      }
      BitSet union = new BitSet();
      steps.forEach(step -> union.or(step.varying()));
      int[] patterns = new Patterns(steps, union).ofSteps();
      int count = 0;
      for (int pattern : patterns) {
        count = Math.max(count, pattern + 1);
      }
      if (count == 1) {
        return null;
      }
      BitSet numbers = numbers(steps, union);
      int length = steps.get(0).length();
      double best = LEAST_GAIN;
      int offset = -1;
      int value = 0;
      for (int at = 0; at < length; at++) {
        if (union.get(at) || numbers.get(at) || at >= HEAD && at < length - TAIL) {
          continue;
        }
        Histogram histogram = new Histogram(steps, patterns, count, at);
        for (int one = 0; one < 256; one++) {
          double gain = histogram.gain(one) - histogram.distinct() * 0.01 - at * 0.0001;
          if (gain > best) {
            best = gain;
            offset = at;
            value = one;
          }
        }
      }
      if (offset < 0) {
        return null;
      }
      Split split = new Split();
      for (Step step : steps) {
        ((step.payload(0)[offset] & 0xff) == value ? split.with : split.without).add(step);
      }
      return split;
    }
  }

  /** How often each value of a byte goes with each pattern. */
  private static final class Histogram {
    private final int[] @Nullable [] counts = new int[256][];
    private final int[] all;
    private final int size;

    Histogram(List<Step> steps, int[] patterns, int count, int at) {
      this.all = new int[count];
      this.size = steps.size();
      for (int i = 0; i < patterns.length; i++) {
        int value = steps.get(i).payload(0)[at] & 0xff;
        if (counts[value] == null) {
          counts[value] = new int[count];
        }
        counts[value][patterns[i]]++;
        all[patterns[i]]++;
      }
    }

    int distinct() {
      int distinct = 0;
      for (int[] some : counts) {
        distinct += some == null ? 0 : 1;
      }
      return distinct;
    }

    /** How many bits about the patterns it says whether the byte has that value. */
    double gain(int value) {
      int[] some = counts[value];
      if (some == null) {
        return 0;
      }
      int[] others = new int[all.length];
      int n = 0;
      for (int i = 0; i < all.length; i++) {
        others[i] = all[i] - some[i];
        n += some[i];
      }
      return n == size ? 0 : bits(all) - bits(some) - bits(others);
    }

    /** The entropy of all of them together. */
    private static double bits(int[] counts) {
      double total = 0;
      double bits = 0;
      for (int count : counts) {
        total += count;
        bits -= count == 0 ? 0 : count * Math.log(count);
      }
      return total == 0 ? 0 : (bits + total * Math.log(total)) / Math.log(2);
    }
  }

  /** Which bytes each of some steps varies in, without what may be chance. */
  private static final class Patterns {
    private final List<Step> steps;
    private final List<Change.Range> runs;

    Patterns(List<Step> steps, BitSet union) {
      this.steps = steps;
      this.runs = runs(union);
    }

    /** A number for each step; steps with one number vary in the same bytes. */
    int[] ofSteps() {
      List<BitSet> patterns = new ArrayList<>();
      steps.forEach(step -> patterns.add((BitSet) step.varying().clone()));
      for (Change.Range run : runs) {
        complete(run, patterns);
      }
      Map<BitSet, Integer> numbers = new HashMap<>();
      int[] ofSteps = new int[steps.size()];
      for (int i = 0; i < ofSteps.length; i++) {
        Integer number = numbers.get(patterns.get(i));
        if (number == null) {
          number = Math.min(numbers.size(), MOST_PATTERNS - 1);
          numbers.put(patterns.get(i), number);
        }
        ofSteps[i] = number;
      }
      return ofSteps;
    }

    /** Adds the bytes of a run that were probably equal by chance. */
    private void complete(Change.Range run, List<BitSet> patterns) {
      int end = run.offset() + run.length();
      int partial = 0;
      int whole = 0;
      int missing = 0;
      @Nullable Values[] values = new Values[run.length()];
      for (int i = 0; i < steps.size(); i++) {
        BitSet varying = steps.get(i).varying();
        int count = varying.get(run.offset(), end).cardinality();
        if (count == run.length()) {
          whole++;
        } else if (count > 0) {
          partial++;
        }
      }
      if (partial == 0 && whole == steps.size()) {
        return;
      }
      List<BitSet> completed = new ArrayList<>();
      for (int i = 0; i < steps.size(); i++) {
        BitSet own = steps.get(i).varying().get(run.offset(), end);
        BitSet full = (BitSet) own.clone();
        if (!own.isEmpty() && own.cardinality() < run.length()) {
          for (int at = own.nextClearBit(0); at < run.length(); at = own.nextClearBit(at + 1)) {
            values[at] = values[at] == null ? new Values(run.offset() + at) : values[at];
            if (values[at].has(steps.get(i).payload(0)[run.offset() + at])) {
              full.set(at);
            } else {
              missing++;
            }
          }
        }
        completed.add(full);
      }
      boolean isChance = missing == 0
          || mayBeChance(
              missing, (long) (partial + whole) * run.length(), alphabet(steps, run.offset(), end));
      Values ofByte = run.length() == 1 ? new Values(run.offset()) : null;
      for (int i = 0; i < steps.size(); i++) {
        if (completed.get(i).isEmpty()) {
          // A byte of few values, such as a load, is often equal by chance.
          if (ofByte != null && ofByte.has(steps.get(i).payload(0)[run.offset()])) {
            patterns.get(i).set(run.offset());
          }
        } else if (isChance) {
          patterns.get(i).set(run.offset(), end);
        } else {
          for (int at = completed.get(i).nextSetBit(0);
              at >= 0;
              at = completed.get(i).nextSetBit(at + 1)) {
            patterns.get(i).set(run.offset() + at);
          }
        }
      }
    }

    /** The values that a byte has where it varies, if these are few. */
    private final class Values {
      private final Set<Byte> distinct = new HashSet<>();
      private int samples;

      Values(int at) {
        for (Step step : steps) {
          if (step.varying().get(at)) {
            for (int i = 0; i < step.recordings(); i++) {
              if (step.isIn(i)) {
                distinct.add(step.payload(i)[at]);
                samples++;
              }
            }
          }
        }
      }

      boolean has(byte value) {
        return distinct.size() * 2 <= samples && samples >= 6 && distinct.contains(value);
      }
    }
  }
}
