package io.tracestream.compare;

import io.tracestream.rules.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A field whose length varies, at a fixed place of a payload: digits, bytes after their own length,
 * a varint, bytes up to a delimiter, or the rest.
 *
 * @param offset where it begins, from 0
 * @param shape what tells where it ends
 */
record Sized(int offset, Shape shape) {
  /** Shapes that have a length of their own, the widest first. */
  private static final List<Shape> COUNTED = Stream.of(
          "len32", "len32le", "len16", "len16le", "len8", "lenvar")
      .map(Shape::parse)
      .toList();

  private static final Shape DIGITS = Shape.parse("digits");
  private static final Shape VARINT = Shape.parse("varint");
  private static final Shape REST = Shape.parse("rest");
  /** Text of a shape with a delimiter of one byte; with two, it is longer. */
  private static final String ONE_BYTE = "to=00";

  /** Steps that are asked for fields. */
  private static final int SAMPLE = 64;
  /** How many such fields a direction may have. */
  private static final int MOST = 8;
  /** At most one byte of so many may be the same at the ends of what fields contain. */
  private static final int ALIKE = 4;
  /** So many bytes in a row are in both of two values if some of what they contain never varies. */
  private static final int RUN = 8;
  /** How many bytes of values are searched for such runs. */
  private static final int MOST_SEARCHED = 256;
  /** Steps that must have a field, unless its own length is right where they begin to differ. */
  private static final int WITNESSES = 2;
  /** How many bytes before a field are the same where the same field is at another place. */
  private static final int CONTEXT = 4;
  /** How many bytes at its beginning may be the same by chance. */
  private static final int MOST_SAME = 2;
  /** How far from the first difference a field is that one step alone shows. */
  private static final int NEARBY = 6;
  /** Where fields with their own length are looked for. */
  private static final int HEAD = 128;
  /** How many runs of differing bytes may be before a field. */
  private static final int MOST_RUNS = 6;
  /** Bytes around a field that are looked at. */
  private static final int MOST_BYTES = 4096;

  /** The field whose bytes end before a delimiter of one byte or two. */
  private static Sized before(int offset, byte[] payload, int delimiter, int length) {
    String text = new String(payload, delimiter, length, StandardCharsets.ISO_8859_1);
    boolean isText = text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
    String shape = isText
        ? "to\"" + text + "\""
        : "to=" + HexFormat.of().formatHex(payload, delimiter, delimiter + length);
    return new Sized(offset, Shape.parse(shape));
  }

  /** Where the field ends in a payload; -1 if the payload does not have it. */
  int end(byte[] payload) {
    return shape.end(ByteBuffer.wrap(payload), offset);
  }

  /** Where what it contains begins, after its own length. */
  int content(byte[] payload) {
    return offset + shape.prefix(ByteBuffer.wrap(payload, offset, payload.length - offset));
  }

  /** What it contains in a payload that has it, a character for each byte. */
  String value(byte[] payload) {
    int from = content(payload);
    return new String(payload, from, end(payload) - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isDigit(byte one) {
    return one >= '0' && one <= '9';
  }

  /**
   * The steps of one direction, with those in which such a field explains why lengths differ
   * replaced: without the field, their payloads have one length.
   *
   * @param others the steps of the other direction, which may have the same values
   */
  static List<Step> find(List<Step> steps, List<Step> others) {
    List<Step> found = new ArrayList<>(steps);
    Search search = new Search(others);
    for (int i = 0; i < MOST; i++) {
      List<Step> uneven = found.stream().filter(step -> !step.hasOneLength()).toList();
      Sized best = uneven.isEmpty() ? null : search.best(Scopes.sample(uneven, SAMPLE), found);
      if (best == null) {
        break;
      }
      for (int k = 0; k < found.size(); k++) {
        if (search.fits(best, found.get(k))) {
          search.found(best, found.get(k));
          found.set(k, found.get(k).without(best));
        }
      }
    }
    found.replaceAll(search::withoutRest);
    return found;
  }

  /** Whether it has a length of its own, which cannot be right by chance as easily. */
  private boolean isCounted() {
    return COUNTED.contains(shape);
  }

  /** Whether it goes on to the end of any payload. */
  boolean isRest() {
    return shape.equals(REST);
  }

  /** How long a payload is without it; -1 if it does not have it. */
  int lengthWithout(byte[] payload) {
    int end = end(payload);
    return end < 0 ? -1 : payload.length - end + offset;
  }

  /** Whether it has its own length, and ends where the payloads of a step end. */
  private boolean isCountedRest(Step step) {
    for (int i = 0; i < step.recordings(); i++) {
      if (step.isIn(i) && end(step.payload(i)) != step.payload(i).length) {
        return false;
      }
    }
    return isCounted();
  }

  /** Whether all payloads of a step have it. */
  boolean isIn(Step step) {
    for (int i = 0; i < step.recordings(); i++) {
      if (step.isIn(i) && end(step.wholePayload(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether payloads have one length without it. */
  private boolean leavesOneLength(Step step) {
    int length = -1;
    for (int i = 0; i < step.recordings(); i++) {
      if (step.isIn(i)) {
        int end = end(step.payload(i));
        int left = step.payload(i).length - end;
        if (end < 0 || length >= 0 && left != length) {
          return false;
        }
        length = left;
      }
    }
    return true;
  }

  /** Whether most of what varies from its place on is in it; for payloads of one length. */
  private boolean hasMost(Step step) {
    int end = end(step.payload(0));
    int inside = step.varying().get(offset, end).cardinality();
    int all = step.varying().get(offset, step.length()).cardinality();
    return inside > 0 && inside * 2 >= all;
  }

  /** Whether it is a decimal number that differs in payloads of one length. */
  private boolean isNumber(Step step) {
    return shape.equals(DIGITS)
        && !step.varying().get(offset, end(step.payload(0))).isEmpty();
  }

  /**
   * Whether what it contains differs as a whole: else it would open bytes that never vary.
   *
   * @param mayBeginAlike whether its first bytes may be the same
   */
  private boolean isDifferent(Step step, boolean mayBeginAlike) {
    byte[] first = step.payload(0);
    int from = content(first);
    int to = end(first);
    for (int i = 1; i < step.recordings(); i++) {
      if (step.isIn(i)) {
        byte[] other = step.payload(i);
        int otherFrom = content(other);
        int otherTo = end(other);
        int most = Math.min(to - from, otherTo - otherFrom);
        int front = Arrays.mismatch(first, from, to, other, otherFrom, otherTo);
        int back = 0;
        while (front >= 0
            && back < most - front
            && first[to - 1 - back] == other[otherTo - 1 - back]) {
          back++;
        }
        if (!mayBeginAlike && front > 0 && most > 0) {
          return false;
        }
        // Digits are often the same: numbers have high-order ones.
        if (front >= 0
            && !shape.equals(DIGITS)
            && ((front + back) * ALIKE > most + ALIKE
                || shareRun(first, from, to, other, otherFrom, otherTo))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether two values have a run of bytes in common, at any place. */
  private static boolean shareRun(
      byte[] one, int from, int to, byte[] other, int otherFrom, int otherTo) {
    Set<Long> runs = new HashSet<>();
    ByteBuffer bytes = ByteBuffer.wrap(one);
    for (int at = from; at + RUN <= Math.min(to, from + MOST_SEARCHED); at++) {
      runs.add(bytes.getLong(at));
    }
    ByteBuffer others = ByteBuffer.wrap(other);
    int last = Math.min(otherTo, otherFrom + MOST_SEARCHED) - RUN;
    for (int at = otherFrom; !runs.isEmpty() && at <= last; at++) {
      if (runs.contains(others.getLong(at))) {
        return true;
      }
    }
    return false;
  }

  /** How many bytes are open if it is a field: what differs beside it, and what it contains. */
  private int openBytes(Step step) {
    byte[] first = step.payload(0);
    int end = end(first);
    BitSet beside = new BitSet();
    for (int i = 1; i < step.recordings(); i++) {
      if (step.isIn(i)) {
        byte[] other = step.payload(i);
        int moved = end(other) - end;
        for (int at = 0; at < Math.min(offset, MOST_BYTES); at++) {
          beside.set(at, beside.get(at) || first[at] != other[at]);
        }
        for (int at = end; at < Math.min(first.length, end + MOST_BYTES); at++) {
          beside.set(at, beside.get(at) || first[at] != other[at + moved]);
        }
      }
    }
    return beside.cardinality() + end - content(first);
  }

  /** The field's shape, and the bytes before it that never vary; or its place if these are few. */
  private String context(Step step) {
    byte[] first = step.wholePayload(0);
    int from = Math.min(offset, first.length);
    while (from > 0 && offset - from < CONTEXT && isSame(step, from - 1)) {
      from--;
    }
    return shape
        + (offset - from < CONTEXT ? "@" + offset : "")
        + HexFormat.of().formatHex(first, from, Math.min(offset, first.length));
  }

  private static boolean isSame(Step step, int at) {
    byte[] first = step.wholePayload(0);
    for (int i = 1; i < step.recordings(); i++) {
      if (step.isIn(i)
          && (at >= step.wholePayload(i).length || step.wholePayload(i)[at] != first[at])) {
        return false;
      }
    }
    return true;
  }

  /** Where payloads begin to differ: the first byte of each run of differing ones. */
  private static List<Integer> runs(byte[] a, byte[] b) {
    List<Integer> runs = new ArrayList<>();
    int length = Math.min(a.length, b.length);
    int at = Arrays.mismatch(a, b);
    while (at >= 0 && at < length && runs.size() < MOST_RUNS) {
      runs.add(at);
      while (at < length && (a[at] != b[at] || isChance(a, b, at))) {
        at++;
      }
      int more = at < length ? Arrays.mismatch(a, at, length, b, at, length) : -1;
      at = more < 0 ? -1 : at + more;
    }
    if (runs.isEmpty() && a.length != b.length) {
      runs.add(length);
    }
    return runs;
  }

  /** Whether equal bytes are so few, in between differing ones, that they are so by chance. */
  private static boolean isChance(byte[] a, byte[] b, int at) {
    int next = at;
    int length = Math.min(a.length, b.length);
    while (next < length && a[next] == b[next] && next - at < MOST_SAME) {
      next++;
    }
    boolean isText = Character.isLetterOrDigit(a[at] & 0xff);
    return next < length && a[next] != b[next] && (next - at == 1 || isText);
  }

  /** The fields that a step may have; many of them do not fit. */
  private static Set<Sized> candidates(Step step) {
    Set<Sized> candidates = new LinkedHashSet<>();
    byte[] a = step.payload(0);
    for (int i = 1; i < step.recordings(); i++) {
      if (!step.isIn(i)) {
        continue;
      }
      byte[] b = step.payload(i);
      for (int at = 0; at < Math.min(HEAD, Math.min(a.length, b.length)); at++) {
        for (Shape counted : COUNTED) {
          Sized one = new Sized(at, counted);
          if (one.leavesOneLength(step)) {
            candidates.add(one);
          }
        }
      }
      for (int run : runs(a, b)) {
        addUncounted(a, run, candidates);
      }
    }
    return candidates;
  }

  /** Adds the fields without a length of their own that may begin where payloads differ. */
  private static void addUncounted(byte[] payload, int run, Set<Sized> candidates) {
    candidates.add(new Sized(run, VARINT));
    int digits = run;
    while (digits > 0 && isDigit(payload[digits - 1])) {
      digits--;
    }
    candidates.add(new Sized(digits, DIGITS));
    int end = run;
    while (end < payload.length && Character.isLetterOrDigit(payload[end] & 0xff)) {
      end++;
    }
    for (int at = run; at >= Math.max(0, run - MOST_SAME); at--) {
      candidates.add(new Sized(at, REST));
      if (end < payload.length) {
        candidates.add(before(at, payload, end, 1));
      }
      if (end + 1 < payload.length && !Character.isLetterOrDigit(payload[end + 1] & 0xff)) {
        candidates.add(before(at, payload, end, 2));
      }
    }
  }

  /** Looks for the field that explains most, one after the other. */
  private static final class Search {
    /** The steps of the other direction, which may have the same values. */
    private final List<Step> others;
    /** Where fields begin that were found, or that several steps have. */
    private final Set<String> known = new HashSet<>();

    /** How many steps end with a field of a shape with its own length. */
    private final Map<Shape, Integer> rests = new HashMap<>();

    Search(List<Step> others) {
      this.others = others;
    }

    void found(Sized one, Step step) {
      known.add(one.context(step));
      if (one.isCountedRest(step)) {
        rests.merge(one.shape, 1, Integer::sum);
      }
    }

    /** The step without the field at its end, if that only happens to have one length here. */
    Step withoutRest(Step step) {
      if (!step.isWitnessed()
          || step.sized() != null
          || !step.hasOneLength()
          || step.varying().isEmpty()) {
        return step;
      }
      int first = step.varying().nextSetBit(0);
      for (Map.Entry<Shape, Integer> rest : rests.entrySet()) {
        for (int at = first - 1; at >= Math.max(0, first - NEARBY); at--) {
          Sized one = new Sized(at, rest.getKey());
          if (rest.getValue() >= WITNESSES
              && one.isCountedRest(step)
              && one.content(step.payload(0)) == first) {
            return step.without(one);
          }
        }
      }
      return step;
    }

    /** The field that explains most; null if none can be told from chance. */
    @Nullable
    Sized best(List<Step> uneven, List<Step> found) {
      Map<String, Set<Step>> witnesses = new HashMap<>();
      Map<Step, Set<Sized>> candidates = new LinkedHashMap<>();
      for (Step step : uneven) {
        candidates.put(step, candidates(step));
        for (Sized one : candidates.get(step)) {
          if (!one.isCounted() && fits(one, step)) {
            witnesses.computeIfAbsent(one.context(step), key -> new HashSet<>()).add(step);
          }
        }
      }
      witnesses.forEach((context, some) -> {
        if (some.size() >= WITNESSES) {
          known.add(context);
        }
      });
      Set<Sized> all = new LinkedHashSet<>();
      candidates.values().forEach(all::addAll);
      Sized best = null;
      double most = 0;
      for (Sized one : all) {
        List<Step> own = uneven.stream().filter(step -> fits(one, step)).toList();
        double worth = worth(one, own);
        if (worth > most && isLikely(one, own, uneven, found)) {
          best = one;
          most = worth;
        }
      }
      return best;
    }

    /** Whether a step has the field, and nothing explains the step better. */
    boolean fits(Sized one, Step step) {
      if (!step.isWitnessed() || step.sized() != null || !one.leavesOneLength(step)) {
        return false;
      }
      if (step.hasOneLength()) {
        return !one.isRest()
            && (one.hasMost(step) || one.isNumber(step) && known.contains(one.context(step)))
            && one.isDifferent(step, true);
      }
      boolean mayBeginAlike = one.isCounted()
          || one.shape.equals(DIGITS)
          || one.shape.equals(VARINT)
          || known.contains(one.context(step));
      return one.isDifferent(step, mayBeginAlike)
          && !beginsElsewhere(one, step)
          && !(one.isRest() && hasCountedRest(step));
    }

    /** Whether the rest of the payloads of a step, from where they differ, has its own length. */
    private static boolean hasCountedRest(Step step) {
      return candidates(step).stream()
          .anyMatch(one -> one.isNearby(step) && one.isCountedRest(step));
    }

    /** Whether the step has such a field after bytes that are known to be before it. */
    private boolean beginsElsewhere(Sized one, Step step) {
      return !one.isCounted()
          && !known.contains(one.context(step))
          && candidates(step).stream()
              .anyMatch(other -> other.shape.equals(one.shape)
                  && known.contains(other.context(step))
                  && other.leavesOneLength(step));
    }

    /** More for each step that it explains, for fewer open bytes, and for what is rarely chance. */
    private static double worth(Sized one, List<Step> own) {
      double worth = 0;
      for (Step step : own) {
        worth += 2 - (double) one.openBytes(step) / (step.length() + 1);
      }
      return worth * weight(one.shape.toString());
    }

    private static double weight(String shape) {
      if (shape.startsWith("to")) {
        return shape.length() > ONE_BYTE.length() ? 0.902 : 0.901;
      }
      return switch (shape) {
        case "rest" -> 0.5;
        case "varint" -> 0.95;
        case "lenvar" -> 0.99;
        case "len32", "len32le" -> 1.02;
        case "len16", "len16le" -> 1.01;
        default -> 1;
      };
    }

    /** Whether that is more than chance. */
    private boolean isLikely(Sized one, List<Step> own, List<Step> uneven, List<Step> found) {
      long having = uneven.stream().filter(one::isIn).count();
      if (one.isCounted()) {
        return own.size() >= WITNESSES && own.size() * 8 >= having
            || own.stream().allMatch(step -> one.isNearby(step));
      }
      if (!one.isRest() && own.size() * 5 < having * 4) {
        return false;
      }
      return !one.isRest()
              && found.stream().filter(step -> fits(one, step)).limit(WITNESSES).count()
                  == WITNESSES
          || own.stream().anyMatch(step -> known.contains(one.context(step)))
          || own.stream().allMatch(step -> hasItsValue(one, step));
    }

    /** Whether frames of the other direction have the values that a step has in the field. */
    private boolean hasItsValue(Sized one, Step step) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i) && !isInOthers(one.value(step.payload(i)), i)) {
          return false;
        }
      }
      return true;
    }

    private boolean isInOthers(String value, int recording) {
      for (Step other : others) {
        Sized sized = other.sized();
        if (sized != null
            && other.isIn(recording)
            && sized.value(other.wholePayload(recording)).equals(value)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Whether the payloads of a step begin to differ in its length. */
  private boolean isNearby(Step step) {
    byte[] first = step.payload(0);
    for (int i = 1; i < step.recordings(); i++) {
      if (step.isIn(i)) {
        int mismatch = Arrays.mismatch(first, step.payload(i));
        if (mismatch < offset || mismatch >= content(first)) {
          return false;
        }
      }
    }
    return true;
  }
}
