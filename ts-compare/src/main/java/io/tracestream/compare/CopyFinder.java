package io.tracestream.compare;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the bytes that vary in a kind of frame were in earlier frames of the other direction.
 *
 * <p>It takes some steps of the kind, and looks in each recording by itself for runs of their bytes
 * in earlier frames: the same run at the same two places, time and again, is a candidate. A
 * candidate is then counted in all steps, and accepted if it cannot be chance. For one thread.
 */
final class CopyFinder {
  /** Steps whose bytes are looked for. */
  private static final int SAMPLE = 24;
  /** Frames of each kind in which they are looked for: the latest ones, and the first ones. */
  private static final int LATEST = 48;

  private static final int FIRST = 4;
  /** Bytes of a payload in which values are looked for. */
  private static final int MOST_BYTES = 4096;
  /** Candidates of each kind. */
  private static final int MOST_CANDIDATES = 12;
  /** The logarithm, to the base of 10, of the highest chance that is accepted. */
  private static final double CHANCE = -4;
  /** The same across connections: there are many more values that could be equal. */
  private static final double CHANCE_ACROSS = -12;
  /** Values that are looked for in frames before. */
  private static final int HOME_SAMPLE = 16;

  private static final int HOME_FRAMES = 500;
  /** How many pairs of bytes are looked at in all: more are not likely to show more. */
  private static final long MOST_PAIRS = 400_000_000;

  /**
   * The logarithm, to the base of 10, of how unlikely it may be that bytes beside a text are the
   * same by chance.
   */
  private static final double MOST_SAME = 3;

  /** So many digits of a number may be the same, after zeros one less; any of a short number. */
  private static final int MOST_SAME_DIGITS = 2;

  private static final int SHORT_NUMBER = 5;

  private static final int[] NATURAL = {2, 4, 8, 16, 20, 24, 32, 36, 64};

  private final List<Kind> sources;
  private final List<Kind> targets;
  private final int recordings;
  /** Whether values of earlier connections count, too. */
  private final boolean across;
  /** The pairs of bytes that may still be looked at, and the kinds that may still be asked. */
  private long pairs = MOST_PAIRS;

  private int kindsLeft;

  /**
   * Looks for values in some kinds of frames.
   *
   * @param sources kinds of the other direction, of which the unexplained bytes may be a source
   * @param targets all kinds of the targets' direction
   * @param across whether values of earlier connections count, too
   */
  CopyFinder(List<Kind> sources, List<Kind> targets, int recordings, boolean across) {
    this.sources = sources;
    this.targets = targets;
    this.recordings = recordings;
    this.across = across;
    this.kindsLeft = targets.size();
  }

  /**
   * A value that frames of one kind have from frames of another.
   *
   * @param from the kind that has it first
   * @param start where it is there
   * @param to the kind that has it later
   * @param offset where it is there
   * @param width how many bytes it has
   * @param explained the steps of {@code to} that have it from {@code from}
   * @param chance the logarithm to the base of 10 of the chance that this is a coincidence
   * @param across whether some may have it from another connection
   */
  record Found(
      Kind from,
      int start,
      Kind to,
      int offset,
      int width,
      List<Step> explained,
      double chance,
      boolean across) {
    int end() {
      return offset + width;
    }

    /** The same without so many bytes at either end. */
    Found part(int left, int right) {
      int rest = width - left - right;
      return left + right == 0
          ? this
          : new Found(from, start + left, to, offset + left, rest, explained, chance, across);
    }
  }

  /**
   * Where the unexplained bytes of a kind may come from.
   *
   * @param to the kind
   */
  List<Candidate> candidates(Kind to) {
    List<Step> open = new ArrayList<>();
    for (Step step : to.steps()) {
      if (step.isWitnessed() && step.varying().intersects(to.rest())) {
        open.add(step);
      }
    }
    Votes votes = new Votes(to);
    int steps = Math.min(SAMPLE, open.size());
    long share = pairs / Math.max(1, kindsLeft--);
    long end = pairs - share;
    for (int i = 0; i < steps && pairs > end; i++) {
      votes.ask(open.get((int) ((long) i * open.size() / steps)));
    }
    return votes.candidates();
  }

  /**
   * What a copy from one place to another explains, in each pair of kinds.
   *
   * @param from where the source is in frames of a kind; below 0 if they do not have it
   * @param to where the target is
   */
  List<Found> follow(ToIntFunction<Kind> from, ToIntFunction<Kind> to, int width) {
    List<Source> all = new ArrayList<>();
    for (Kind kind : sources) {
      int at = from.applyAsInt(kind);
      if (at >= 0 && !kind.rest().get(at, at + width).isEmpty()) {
        kind.steps().forEach(step -> all.add(new Source(step, kind, at)));
      }
    }
    all.sort((one, other) -> isBefore(one.step, other.step, 0) ? -1 : 1);
    List<Map<Value, Source>> first = new ArrayList<>();
    for (int recording = 0; recording < recordings; recording++) {
      Map<Value, Source> own = new HashMap<>();
      for (Source source : all) {
        if (source.step.isIn(recording)) {
          Value value = value(source.step, recording, source.at, width);
          Source before = own.get(value);
          if (before == null || isBefore(source.step, before.step, recording)) {
            own.put(value, source);
          }
        }
      }
      first.add(own);
    }
    Map<Value, List<Source>> values = new HashMap<>();
    for (Source source : all) {
      values
          .computeIfAbsent(value(source.step, 0, source.at, width), key -> new ArrayList<>())
          .add(source);
    }
    List<Found> found = new ArrayList<>();
    for (Kind kind : targets) {
      int at = to.applyAsInt(kind);
      if (at >= 0 && !kind.rest().get(at, at + width).isEmpty()) {
        Map<Kind, List<Step>> explained = new LinkedHashMap<>();
        for (Step step : kind.steps()) {
          if (step.isWitnessed()
              && !step.varying().get(at, at + width).isEmpty()
              && isExplained(step, at, width, first)) {
            Source source =
                latest(step, Objects.requireNonNull(values.get(value(step, 0, at, width))));
            explained.computeIfAbsent(source.kind, key -> new ArrayList<>()).add(step);
          }
        }
        explained.forEach((source, steps) -> found.add(
            new Found(source, from.applyAsInt(source), kind, at, width, steps, 0, across)));
      }
    }
    double chance = chance(found, all, first);
    return chance > (across ? CHANCE_ACROSS : CHANCE) || isHome(found, first.get(0))
        ? List.of()
        : found.stream()
            .map(one -> new Found(
                one.from, one.start, one.to, one.offset, one.width, one.explained, chance, across))
            .toList();
  }

  private record Source(Step step, Kind kind, int at) {}

  /** The last of these before a step: an answer repeats what its own request had. */
  private static Source latest(Step step, List<Source> sources) {
    int low = 1;
    int high = sources.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(sources.get(middle).step, step, 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return sources.get(Math.min(low, sources.size()) - 1);
  }

  private double chance(List<Found> found, List<Source> sources, List<Map<Value, Source>> first) {
    double chance = 0;
    boolean byLatest = byLatest(found, sources);
    for (int recording = 0; recording < recordings; recording++) {
      Set<Value> values = new HashSet<>();
      for (Found one : found) {
        for (Step step : one.explained) {
          if (step.isIn(recording)) {
            values.add(value(step, recording, one.offset, one.width));
          }
        }
      }
      if (!values.isEmpty()) {
        double one = (byLatest ? 0 : Math.log10(Math.max(1, first.get(recording).size())))
            - found.get(0).width
                * Math.log10(
                    Shapes.alphabet(() -> values.stream().map(Value::bytes).iterator()));
        chance += witnesses(values) * Math.min(0, one);
      }
    }
    return chance;
  }

  /** A place of the source and one of the target that have the same bytes in some steps. */
  record Candidate(Kind from, int start, Kind to, int offset, int width, long votes) {}

  /** Counts where bytes of some steps were before. */
  private final class Votes {
    private final Kind to;
    private final BitSet bytes;
    private final Map<Place, long[][]> counts = new LinkedHashMap<>();

    private record Place(Kind from, int distance) {}

    Votes(Kind to) {
      this.to = to;
      this.bytes = to.rest().get(0, MOST_BYTES);
    }

    void ask(Step step) {
      for (Kind from : sources) {
        for (int recording = 0; recording < recordings; recording++) {
          if (step.isIn(recording)) {
            Set<Long> seen = new HashSet<>();
            for (Step earlier : earlier(from, step, recording)) {
              compare(from, earlier, step, recording, seen);
            }
          }
        }
      }
    }

    private void compare(Kind from, Step source, Step step, int recording, Set<Long> seen) {
      byte[] there = source.payload(recording);
      byte[] here = step.payload(recording);
      BitSet sourceOpen = from.rest();
      int least = bytes.cardinality() == 1 || sourceOpen.cardinality() == 1 ? 1 : 2;
      pairs -= (long) bytes.cardinality() * Math.min(MOST_BYTES, sourceOpen.cardinality());
      for (int at = bytes.nextSetBit(0); at >= 0; at = bytes.nextSetBit(at + 1)) {
        for (int start = sourceOpen.nextSetBit(0);
            start >= 0 && start < MOST_BYTES;
            start = sourceOpen.nextSetBit(start + 1)) {
          if (here[at] != there[start]
              || at > 0
                  && start > 0
                  && bytes.get(at - 1)
                  && sourceOpen.get(start - 1)
                  && here[at - 1] == there[start - 1]) {
            continue; // not equal, or not the first byte of a run
          }
          int length = 1;
          for (int more = 1;
              at + more < here.length
                  && start + more < there.length
                  && here[at + more] == there[start + more]
                  && (bytes.get(at + more) || !to.varying().get(at + more));
              more++) {
            // A byte that never varies is part of a value only if the value goes on after it.
            length = bytes.get(at + more) ? more + 1 : length;
          }
          if (length >= least && !step.varying().get(at, at + length).isEmpty()) {
            add(new Place(from, start - at), at, length, recording, seen);
          }
        }
      }
    }

    private void add(Place place, int at, int length, int recording, Set<Long> seen) {
      long[][] own = counts.computeIfAbsent(place, key -> new long[recordings][to.length()]);
      for (int i = at; i < at + length; i++) {
        if (seen.add((long) place.distance << 32 | i)) {
          own[recording][i]++;
        }
      }
    }

    private void add(Place place, long[] votes, long fewest, List<Candidate> candidates) {
      for (int at = 0; at < votes.length; at++) {
        int end = at;
        long sum = 0;
        while (end < votes.length && votes[end] >= fewest) {
          sum += votes[end++];
        }
        if (end > at) {
          candidates.add(new Candidate(place.from, at + place.distance, to, at, end - at, sum));
          at = end;
        }
      }
    }

    /** The most likely candidates. */
    List<Candidate> candidates() {
      List<Candidate> candidates = new ArrayList<>();
      counts.forEach((place, own) -> {
        long[] least = new long[to.length()];
        long most = 0;
        for (int at = 0; at < least.length; at++) {
          least[at] = Long.MAX_VALUE;
          for (int recording = 0; recording < recordings; recording++) {
            least[at] = Math.min(least[at], own[recording][at]);
          }
          most = Math.max(most, least[at]);
        }
        // Where frames of other kinds are sources as well, some bytes are seen less often here.
        add(place, least, Math.max(1, most * 7 / 10), candidates);
        add(place, least, Math.max(1, most / 10), candidates);
      });
      candidates.addAll(candidates.stream()
          .map(CopyFinder::number)
          .filter(Objects::nonNull)
          .distinct()
          .toList());
      candidates.sort((one, other) -> Long.compare(other.votes, one.votes));
      return candidates.size() > MOST_CANDIDATES
          ? candidates.subList(0, MOST_CANDIDATES)
          : candidates;
    }
  }

  /** The frames of a kind in which the value of a step may have been. */
  private static List<Step> earlier(Kind from, Step step, int recording) {
    List<Step> all = from.steps();
    int low = 0;
    int high = all.size();
    while (low < high) { // by the first recording, which has all steps
      int middle = (low + high) >>> 1;
      if (isBefore(all.get(middle), step, 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    List<Step> earlier = new ArrayList<>();
    for (int i = 0; i < low; i++) {
      if (i == FIRST && low - LATEST > FIRST) {
        i = low - LATEST;
      }
      if (all.get(i).isIn(recording) && isBefore(all.get(i), step, recording)) {
        earlier.add(all.get(i));
      }
    }
    return earlier;
  }

  private static boolean isBefore(Step one, Step other, int recording) {
    return one.conversation() == other.conversation()
        ? one.entry(recording) < other.entry(recording)
        : one.conversation() < other.conversation();
  }

  private record Value(int conversation, ByteBuffer bytes) {}

  private Value value(Step step, int recording, int at, int width) {
    return value(step, recording, at, width, across);
  }

  private static Value value(Step step, int recording, int at, int width, boolean across) {
    return new Value(
        across ? 0 : step.conversation(),
        ByteBuffer.wrap(step.payload(recording), at, width).slice());
  }

  private boolean isExplained(Step step, int at, int width, List<Map<Value, Source>> first) {
    for (int recording = 0; recording < recordings; recording++) {
      if (step.isIn(recording)) {
        Source source = first.get(recording).get(value(step, recording, at, width));
        if (source == null || !isBefore(source.step, step, recording)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether nearly all steps have the value that the latest source had. */
  private boolean byLatest(List<Found> found, List<Source> sources) {
    int latest = 0;
    int all = 0;
    for (Found one : found) {
      for (Step step : one.explained) {
        int low = 0;
        int high = sources.size();
        while (low < high) {
          int middle = (low + high) >>> 1;
          if (isBefore(sources.get(middle).step, step, 0)) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        Source last = low == 0 ? null : sources.get(low - 1);
        all++;
        latest += last != null
                && value(last.step, 0, last.at, one.width)
                    .equals(value(step, 0, one.offset, one.width))
            ? 1
            : 0;
      }
    }
    return latest * 10 >= all * 9;
  }

  /** How many values there are; those that count up are one, the first. */
  static int values(List<Found> found) {
    Set<Value> values = new HashSet<>();
    for (Found one : found) {
      one.explained.forEach(step -> values.add(value(step, 0, one.offset, one.width, one.across)));
    }
    return witnesses(values);
  }

  /** Values that count up are one witness: their first value. */
  private static int witnesses(Set<Value> values) {
    if (values.isEmpty()) {
      return 0;
    }
    int width = values.iterator().next().bytes.remaining();
    if (width > 8) {
      return values.size();
    }
    long[] big = new long[values.size()];
    long[] little = new long[values.size()];
    int i = 0;
    for (Value value : values) {
      for (int at = 0; at < width; at++) {
        big[i] = big[i] << 8 | value.bytes.get(at) & 0xff;
        little[i] = little[i] << 8 | value.bytes.get(width - 1 - at) & 0xff;
      }
      i++;
    }
    return isNarrow(big) || isNarrow(little) ? 1 : values.size();
  }

  private static boolean isNarrow(long[] numbers) {
    java.util.Arrays.sort(numbers);
    long distance = numbers[numbers.length - 1] - numbers[0]; // up to 2^64 - 1
    return Long.compareUnsigned(distance, 16L * numbers.length) <= 0;
  }

  /**
   * Whether the side that sends the target had chosen the value: its frames had it before the
   * source did.
   */
  private boolean isHome(List<Found> found, Map<Value, Source> first) {
    int looked = 0;
    for (Found one : found) {
      for (Step target : Scopes.sample(one.explained, HOME_SAMPLE)) {
        if (looked++ == HOME_SAMPLE) {
          return false;
        }
        Value value = value(target, 0, one.offset, one.width);
        Step source = Objects.requireNonNull(first.get(value)).step;
        for (Kind kind : targets) {
          List<Step> earlier = earlier(kind, source, 0);
          int from = Math.max(0, earlier.size() - HOME_FRAMES);
          for (Step step : earlier.subList(from, earlier.size())) {
            if (step.conversation() == source.conversation()
                && has(step, value.bytes, one.offset)) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** Whether a payload has a value where it varies; a short one only at the given place. */
  private static boolean has(Step step, ByteBuffer value, int place) {
    byte[] payload = step.payload(0);
    int width = value.remaining();
    BitSet varying = step.varying();
    if (width < 4) {
      return place >= 0
          && place + width <= payload.length
          && ByteBuffer.wrap(payload, place, width).equals(value);
    }
    for (int at = varying.nextSetBit(0);
        at >= 0 && at + width <= payload.length;
        at = varying.nextSetBit(at + 1)) {
      if (payload[at] == value.get(0) && ByteBuffer.wrap(payload, at, width).equals(value)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The bytes beside a value that are the same in source and target, though in all recordings: they
   * belong to the value if it has a natural width with them. They are not open in the target, where
   * the live value is compared. Null if nothing speaks for more.
   */
  @Nullable
  Candidate widened(Found found) {
    int left = 0;
    while (isEqual(found, -left - 1)) {
      left++;
    }
    int right = 0;
    while (isEqual(found, found.width + right)) {
      right++;
    }
    if (isToken(found, 0, found.width)) {
      return token(found, left, right);
    }
    int whole = left + found.width + right;
    boolean isHead = found.start == left && found.offset == left;
    boolean isNatural = false;
    for (int width : NATURAL) {
      isNatural |= width == found.width;
    }
    if (left + right == 0 || isNatural && (isHead || found.width >= 16)) {
      return null;
    }
    for (int width : NATURAL) {
      if (width == whole && !isHead && isInformative(found, left, right)) {
        return candidate(found, left, right);
      }
    }
    for (int width : NATURAL) {
      int more = width - found.width;
      if (more > 0 && more <= left + right && found.width * 4 >= width * 3) {
        int rightMore = Math.min(more, right);
        return more - rightMore <= left && isInformative(found, more - rightMore, rightMore)
            ? candidate(found, more - rightMore, rightMore)
            : null;
      }
    }
    return null;
  }

  /**
   * All digits of a number of which only some differ between recordings; null if there are no more.
   */
  private static @Nullable Candidate number(Candidate part) {
    byte[] there = part.from.steps().get(0).payload(0);
    byte[] here = part.to.steps().get(0).payload(0);
    int left = 0;
    while (isDigit(part, there, here, -left - 1)) {
      left++;
    }
    int right = 0;
    while (isDigit(part, there, here, part.width + right)) {
      right++;
    }
    int width = left + part.width + right;
    for (int i = 0; i < part.width; i++) {
      if (here[part.offset + i] < '0' || here[part.offset + i] > '9') {
        return null;
      }
    }
    BitSet constant = new BitSet();
    constant.set(0, width);
    constant.clear(left, left + part.width);
    return left + right == 0 || !mayBeNumber(here, part.offset - left, width, constant)
        ? null
        : new Candidate(
            part.from, part.start - left, part.to, part.offset - left, width, part.votes);
  }

  /**
   * Whether the digits of a number that never vary are so few that they do not hide another number
   * beside it: high-order ones, or those that may be the same by chance.
   *
   * @param number the number, from the offset of what was found
   */
  static boolean mayBeNumber(List<Found> found, Change.Range number) {
    BitSet constant = new BitSet();
    constant.set(0, number.length());
    for (Found one : found) {
      int from = one.offset + number.offset();
      constant.andNot(one.to.varying().get(from, from + number.length()));
    }
    Found one = found.get(0);
    return mayBeNumber(
        one.explained.get(0).payload(0), one.offset + number.offset(), number.length(), constant);
  }

  private static boolean mayBeNumber(byte[] payload, int from, int width, BitSet constant) {
    int zeros = 0;
    while (zeros < width && constant.get(zeros) && payload[from + zeros] == '0') {
      zeros++;
    }
    int same = constant.cardinality() - zeros;
    return width <= SHORT_NUMBER
        || width <= Kind.LONGEST_NUMBER && same <= (zeros > 0 ? 1 : MOST_SAME_DIGITS);
  }

  /** Whether source and target have the same digit beside a value, which never varies. */
  private static boolean isDigit(Candidate part, byte[] there, byte[] here, int beside) {
    int from = part.start + beside;
    int at = part.offset + beside;
    return from >= 0
        && at >= 0
        && from < there.length
        && at < here.length
        && here[at] >= '0'
        && here[at] <= '9'
        && there[from] == here[at]
        && !part.from.varying().get(from)
        && !part.to.varying().get(at);
  }

  /**
   * A text is wider by the letters and digits that are around it, in source and target alike, if
   * these are so few that they may be the same by chance, and the text ends with them.
   */
  private static @Nullable Candidate token(Found found, int left, int right) {
    int before = 0;
    while (before < left && isToken(found, -before - 1, -before)) {
      before++;
    }
    int after = 0;
    while (after < right && isToken(found, found.width + after, found.width + after + 1)) {
      after++;
    }
    byte[] payload = found.explained.get(0).payload(0);
    ByteBuffer own = ByteBuffer.wrap(payload, found.offset, found.width);
    ByteBuffer wide = ByteBuffer.wrap(payload, found.offset - before, before + found.width + after);
    double alphabet = Shapes.alphabet(List.of(own));
    return before + after > 0
            && alphabet == Shapes.alphabet(List.of(wide))
            && (before + after) * Math.log10(alphabet) <= MOST_SAME
            && isTextEnd(found, -before - 1)
            && isTextEnd(found, found.width + after)
        ? candidate(found, before, after)
        : null;
  }

  /** Whether a text ends beside that byte, in the source and in the target. */
  private static boolean isTextEnd(Found found, int beside) {
    return isTextEnd(found.explained.get(0).payload(0), found.offset + beside)
        && isTextEnd(found.from.steps().get(0).payload(0), found.start + beside);
  }

  private static boolean isTextEnd(byte[] payload, int at) {
    return at < 0 || at >= payload.length || !Character.isLetterOrDigit(payload[at] & 0xff);
  }

  /** Whether these bytes are letters and digits, as in tokens. */
  private static boolean isToken(Found found, int from, int to) {
    byte[] payload = found.explained.get(0).payload(0);
    for (int i = found.offset + from; i < found.offset + to; i++) {
      int c = payload[i];
      if (!(c >= '0' && c <= '9'
          || c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c == '-'
          || c == '_'
          || c == '+'
          || c == '/')) {
        return false;
      }
    }
    return true;
  }

  private static Candidate candidate(Found found, int left, int right) {
    return new Candidate(
        found.from,
        found.start - left,
        found.to,
        found.offset - left,
        left + found.width + right,
        0);
  }

  /** Whether at least half of the bytes beside a value are not what unused bytes have. */
  private static boolean isInformative(Found found, int left, int right) {
    byte[] payload = found.explained.get(0).payload(0);
    int informative = 0;
    for (int i = -left; i < found.width + right; i++) {
      byte one = payload[found.offset + i];
      boolean isBlank = isUnused(one) || one == ' ' || one == '0';
      informative += (i < 0 || i >= found.width) && !isBlank ? 1 : 0;
    }
    return informative * 2 >= left + right;
  }

  /** Whether a byte is what bytes are that nobody uses. */
  static boolean isUnused(byte one) {
    return one == 0 || one == -1;
  }

  /** Whether source and target have the same byte beside a value, in all steps. */
  private boolean isEqual(Found found, int beside) {
    int there = found.start + beside;
    int here = found.offset + beside;
    if (there < 0 || here < 0 || there >= found.from.length() || here >= found.to.length()) {
      return false;
    }
    for (Step step : found.explained) {
      if (step.varying().get(here)) {
        return false;
      }
    }
    byte one = found.explained.get(0).payload(0)[here];
    for (Step step : found.explained) {
      if (step.payload(0)[here] != one) {
        return false;
      }
    }
    for (Step step : found.from.steps()) {
      if (step.varying().get(there) || step.payload(0)[there] != one) {
        return false;
      }
    }
    return true;
  }
}
