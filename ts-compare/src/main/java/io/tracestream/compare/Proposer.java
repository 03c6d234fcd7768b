package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Frames;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Proposes the rules that explain what varies between the recordings of some steps.
 *
 * <p>What a kind of frame varies in is copied, if it was in an earlier frame of the other
 * direction; what nobody had before is left open. Then places that several kinds of frames share
 * become one rule, for exactly these kinds. For one thread, and one proposal.
 */
final class Proposer {
  /** A field of this many bytes is hardly a real difference. */
  private static final int RANDOM_FIELD = 4;
  /** How many values a byte may have that is not text. */
  private static final double BINARY = 256;
  /** Values of this many bytes or more are not elsewhere by chance. */
  private static final int LONG = 8;
  /** Frames of other connections that are searched for a value. */
  private static final int MOST_OTHERS = 2000;
  /** In how many steps copies are followed, in all, but for the most likely copies. */
  private static final long MOST_STEPS = 4_000_000;

  private static final int LEAST_ROUTES = 200;
  /** Steps that a rule must not take in, of each kind. */
  private static final int MOST_OUT = 200;

  private final int recordings;
  private final ByDirection<List<Step>> steps;
  private final ByDirection<List<Kind>> kinds;
  private final Clocks clocks;

  private final List<CopyFinder.Found> copies = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Learned.Finding> findings = new ArrayList<>();

  Proposer(List<Step> c2s, List<Step> s2c, int recordings) {
    this.recordings = recordings;
    this.steps = new ByDirection<>(c2s, s2c);
    this.kinds = new ByDirection<>(Kind.of(c2s), Kind.of(s2c));
    this.clocks = new Clocks(kinds);
    clocks.find();
  }

  /** Finds the rules. */
  void propose() {
    explainLengths();
    forAllKinds(Kind::openUnsure);
    explain(Direction.C2S);
    explain(Direction.S2C);
    for (CopyFinder.Found copy : copies) {
      copy.from().rest().clear(copy.start(), copy.start() + copy.width());
    }
    forAllKinds(Kind::closeUnsure);
    clocks.findMore();
    proposeSized();
    proposeCopies();
    proposeIgnores(Direction.C2S);
    proposeIgnores(Direction.S2C);
  }

  private void forAllKinds(Consumer<Kind> task) {
    kinds.c2s().forEach(task);
    kinds.s2c().forEach(task);
  }

  List<Learned.Finding> findings() {
    return findings;
  }

  /** Remarks about what is not a rule. */
  List<String> notes() {
    return notes;
  }

  /** The copies of values from requests into replies. */
  List<CopyFinder.Found> answers() {
    return copies.stream()
        .filter(copy -> copy.to().direction() == Direction.S2C && !copy.across())
        .toList();
  }

  /** How many bytes of all steps are open because nothing explains them. */
  long unexplained() {
    long bytes = 0;
    for (List<Kind> some : List.of(kinds.c2s(), kinds.s2c())) {
      for (Kind kind : some) {
        bytes += (long) kind.rest().cardinality() * kind.steps().size();
      }
    }
    return bytes;
  }

  /** Finds the copies into frames of a direction; the rule that explains most comes first. */
  private void explain(Direction direction) {
    List<Kind> sources = kinds.get(direction.opposite()).stream()
        .filter(kind -> !kind.rest().isEmpty())
        .toList();
    CopyFinder finder = new CopyFinder(sources, kinds.get(direction), recordings, false);
    CopyFinder across =
        hasConnections() ? new CopyFinder(sources, kinds.get(direction), recordings, true) : finder;
    List<CopyFinder.Candidate> candidates = new ArrayList<>();
    for (Kind kind : kinds.get(direction)) {
      if (!kind.rest().isEmpty()) {
        candidates.addAll(finder.candidates(kind));
      }
    }
    explain(candidates, finder, across);
    if (across != finder) {
      explain(candidates, across, across);
    }
  }

  /** Whether there is more than one connection. */
  private boolean hasConnections() {
    return Stream.of(steps.c2s(), steps.s2c())
        .flatMap(List::stream)
        .anyMatch(step -> step.conversation() > 0);
  }

  private void explain(
      List<CopyFinder.Candidate> candidates, CopyFinder within, CopyFinder across) {
    Routes routes = new Routes(candidates, within);
    for (Route best = routes.next(); best != null; best = routes.next()) {
      // The same place may have the value of its own connection, and that of another one.
      List<CopyFinder.Found> found = follow(best, within);
      List<CopyFinder.Found> anywhere = across == within ? found : follow(best, across);
      boolean isAcross = steps(anywhere) > steps(found);
      CopyFinder finder = isAcross ? across : within;
      found = isAcross ? anywhere : found;
      Route whole = atClock(best, found);
      whole = whole == null ? withDigits(best, found) : whole;
      List<CopyFinder.Found> all = whole == null ? List.of() : follow(whole, finder);
      if (whole != null && steps(all) >= steps(found)) {
        take(whole, all);
        continue;
      }
      CopyFinder.Candidate wide = finder.widened(found.get(0));
      Route wider = wide == null ? null : new Routes(List.of(wide), finder).next();
      List<CopyFinder.Found> more = wider == null ? List.of() : follow(wider, finder);
      if (wider != null && steps(more) >= steps(found) && (mayBeConstant(more) || isFine(found))) {
        take(wider, more);
      } else if (mayBeConstant(found) || !takeParts(best, found, finder)) {
        takeUsed(best, found);
      }
    }
  }

  /** The route with all digits of the number that it goes through; null if it has them. */
  private static @Nullable Route withDigits(Route route, List<CopyFinder.Found> found) {
    Change.Range number = number(found);
    return number == null
            || number.length() == route.to.width
            || !CopyFinder.mayBeNumber(found, number)
        ? null
        : new Route(route.from.part(number), route.to.part(number));
  }

  /**
   * The decimal number that a copied value is a part of, from the value's offset, if it has as many
   * digits around the value in all frames of either side; else null.
   */
  private static Change.@Nullable Range number(List<CopyFinder.Found> found) {
    Change.Range number = null;
    for (CopyFinder.Found copy : found) {
      Change.Range there = copy.from().number(copy.start(), copy.width());
      Change.Range here = copy.to().number(copy.offset(), copy.width());
      if (there == null || !there.equals(here) || number != null && !number.equals(here)) {
        return null;
      }
      number = here;
    }
    return number;
  }

  /** Whether a value is a decimal number that may have any number of digits. */
  private static boolean isNumber(CopyFinder.Found copy) {
    return new Change.Range(0, copy.width()).equals(number(List.of(copy)))
        && copy.from().isDecimal(copy.start(), copy.width())
        && copy.to().isDecimal(copy.offset(), copy.width());
  }

  /** The bytes of a copied value that never vary, as offsets in the value. */
  private static BitSet constant(List<CopyFinder.Found> found) {
    BitSet constant = new BitSet();
    constant.set(0, found.get(0).width());
    for (CopyFinder.Found copy : found) {
      constant.andNot(copy.to().varying().get(copy.offset(), copy.end()));
    }
    return constant;
  }

  /**
   * Whether bytes of a value may be the same in all recordings by chance: there is one value in
   * each, or one that counts on, and they are not just unused.
   */
  private static boolean mayBeConstant(List<CopyFinder.Found> found) {
    BitSet constant = constant(found);
    return constant.isEmpty()
        || CopyFinder.values(found) == 1
            && !isUnused(found.get(0), constant)
            && (found.get(0).width() >= LONG || !hasManyValues(found));
  }

  /** Whether a value has two bytes or more in a row that never vary and look unused. */
  private static boolean isUnused(CopyFinder.Found found, BitSet constant) {
    return constant.stream()
        .anyMatch(at -> constant.get(at + 1) && isUnused(found, at) && isUnused(found, at + 1));
  }

  private static boolean isUnused(CopyFinder.Found found, int at) {
    return CopyFinder.isUnused(found.explained().get(0).payload(0)[found.offset() + at]);
  }

  private static boolean hasManyValues(List<CopyFinder.Found> found) {
    Set<ByteBuffer> values = new HashSet<>();
    for (CopyFinder.Found copy : found) {
      for (Step step : copy.explained()) {
        values.add(ByteBuffer.wrap(step.payload(0), copy.offset(), copy.width()));
      }
    }
    return values.size() > 1;
  }

  /**
   * Takes the parts of a value that vary, such as a UUID without its hyphens, if all are sure. Two
   * bytes or more that never vary are between two values, of which one may be sure.
   */
  private boolean takeParts(Route route, List<CopyFinder.Found> all, CopyFinder finder) {
    BitSet constant = constant(all);
    BitSet varying = new BitSet();
    varying.set(0, route.to.width);
    varying.andNot(constant);
    Map<Route, List<CopyFinder.Found>> parts = new LinkedHashMap<>();
    boolean areTwo = CopyFinder.values(all) > 1
        && Kind.runs(constant).stream().anyMatch(run -> run.length() > 1);
    for (Change.Range run : Kind.runs(varying)) {
      Route part = new Route(route.from.part(run), route.to.part(run));
      List<CopyFinder.Found> found = follow(part, finder);
      if (!found.isEmpty()) {
        parts.put(part, found);
      } else if (!areTwo) {
        return false;
      }
    }
    parts.forEach(this::take);
    return !parts.isEmpty();
  }

  /** Takes a value without bytes in its middle, two or more, that are never used. */
  private void takeUsed(Route route, List<CopyFinder.Found> found) {
    BitSet used = new BitSet();
    used.set(0, route.to.width);
    for (Change.Range run : Kind.runs(constant(found))) {
      boolean isUnused = run.length() > 1;
      for (int at = run.offset(); at < run.offset() + run.length(); at++) {
        isUnused &= isUnused(found.get(0), at);
      }
      if (isUnused) {
        used.clear(run.offset(), run.offset() + run.length());
      }
    }
    for (Change.Range run : Kind.runs(used)) {
      int right = route.to.width - run.offset() - run.length();
      take(
          new Route(route.from.part(run), route.to.part(run)),
          found.stream().map(one -> one.part(run.offset(), right)).toList());
    }
  }

  /** Routes, the one that explains most of what is still to be explained first. */
  private final class Routes {
    private final CopyFinder finder;
    /** What each of them explained when that was last counted. It may be less now. */
    private final Map<Route, Long> worths = new LinkedHashMap<>();

    Routes(List<CopyFinder.Candidate> candidates, CopyFinder finder) {
      this.finder = finder;
      long steps =
          (long) Proposer.this.steps.c2s().size() + Proposer.this.steps.s2c().size();
      candidates.stream()
          .sorted(Comparator.comparingLong(CopyFinder.Candidate::votes).reversed())
          .flatMap(one -> Route.of(one).stream())
          .distinct()
          .limit(Math.max(LEAST_ROUTES, MOST_STEPS / Math.max(1, steps)))
          .forEach(route -> worths.put(route, worth(follow(route, finder))));
    }

    /** Takes out the best one; null if none explains anything. */
    @Nullable
    Route next() {
      worths.values().removeIf(worth -> worth <= 0);
      while (!worths.isEmpty()) {
        Map.Entry<Route, Long> best =
            Collections.max(worths.entrySet(), Map.Entry.comparingByValue());
        Route route = best.getKey();
        long worth = worth(follow(route, finder));
        Route open = open(route, follow(route, finder));
        if (!open.equals(route)) {
          worths.remove(route);
          long less = worth(follow(open, finder));
          if (less > 0) {
            worths.put(open, less);
          }
          continue;
        }
        if (worth >= best.getValue()) {
          worths.remove(route);
          return route;
        }
        if (worth <= 0) {
          worths.remove(route);
        } else {
          best.setValue(worth);
        }
      }
      return null;
    }
  }

  /**
   * The route without bytes at its ends that something else explains: they are no evidence for a
   * few bytes beside them.
   */
  private static Route open(Route route, List<CopyFinder.Found> found) {
    BitSet open = new BitSet();
    BitSet explained = new BitSet();
    int most = 0;
    for (CopyFinder.Found copy : found) {
      BitSet own = copy.to().rest().get(copy.offset(), copy.end());
      open.or(own);
      most = Math.max(most, own.cardinality());
      explained.or(copy.to().varying().get(copy.offset(), copy.end()));
    }
    explained.andNot(open);
    int first = open.nextSetBit(0);
    int last = open.length();
    if (explained.isEmpty() || first < 0 || most >= RANDOM_FIELD) {
      return route;
    }
    boolean isBefore = explained.nextSetBit(0) < first;
    boolean isAfter = explained.length() > last;
    Change.Range range = range(isBefore ? first : 0, isAfter ? last : route.to.width);
    return range.length() == route.to.width
        ? route
        : new Route(route.from.part(range), route.to.part(range));
  }

  private static long steps(List<CopyFinder.Found> found) {
    return found.stream().mapToLong(copy -> copy.explained().size()).sum();
  }

  /** A copy from a place to a place, whatever the kinds of the frames. */
  private record Route(Place from, Place to) {
    static List<Route> of(CopyFinder.Candidate one) {
      List<Route> routes = new ArrayList<>();
      if (isSplit(one.from(), one.start(), one.width())
          || isSplit(one.to(), one.offset(), one.width())) {
        return routes;
      }
      for (Place from : List.of(
          Place.front(one.from(), one.start(), one.width()),
          Place.back(one.from(), one.start(), one.width()))) {
        for (Place to : List.of(
            Place.front(one.to(), one.offset(), one.width()),
            Place.back(one.to(), one.offset(), one.width()))) {
          routes.add(new Route(from, to));
        }
      }
      return routes;
    }
  }

  /** Whether a field whose length varies is in the middle of these bytes. */
  private static boolean isSplit(Kind kind, int offset, int width) {
    return kind.sized() != null
        && offset < kind.sized().offset()
        && offset + width > kind.sized().offset();
  }

  /** What a copy explains in each pair of kinds. */
  private List<CopyFinder.Found> follow(Route route, CopyFinder finder) {
    List<CopyFinder.Found> found =
        finder.follow(kind -> route.from.at(kind), kind -> route.to.at(kind), route.to.width);
    // What the other side's clock says is equal to its value at times.
    return found.stream().allMatch(Proposer::isFromClock) ? List.of() : found;
  }

  /**
   * Whether a copy is of a clock that both sides have, and that goes too fast for two to be equal.
   */
  private static boolean isFine(List<CopyFinder.Found> found) {
    CopyFinder.Found one = found.get(0);
    Shapes.Field clock = sharedClock(one);
    return clock != null && one.from().isFineClock(clock, one.start(), one.start() + one.width());
  }

  private static boolean isFromClock(CopyFinder.Found copy) {
    Shapes.Field clock = copy.from().unsureAt(copy.start(), copy.start() + copy.width());
    return clock != null
        && clock.offset() <= copy.start()
        && copy.start() + copy.width() <= clock.end()
        && !copy.from().isFineClock(clock, copy.start(), copy.start() + copy.width());
  }

  /** The clock that both sides of a copy have at the same bytes of it; null if they have none. */
  private static Shapes.@Nullable Field sharedClock(CopyFinder.Found copy) {
    Shapes.Field there = copy.from().unsureAt(copy.start(), copy.start() + copy.width());
    Shapes.Field here = copy.to().unsureAt(copy.offset(), copy.end());
    return there != null
            && here != null
            && there.offset() - copy.start() == here.offset() - copy.offset()
            && there.width() == here.width()
        ? here
        : null;
  }

  /**
   * The route with the time in digits that it goes into, as a whole, or without another clock; null
   * if it does not go into one.
   */
  private static @Nullable Route atClock(Route route, List<CopyFinder.Found> found) {
    CopyFinder.Found one = found.get(0);
    Shapes.Field clock = sharedClock(one);
    if (clock == null || isFine(found)) {
      return null;
    }
    int from = clock.offset() - one.offset();
    int to = clock.end() - one.offset();
    Change.Range range = Clocks.isDigits(clock)
        ? range(Math.min(0, from), Math.max(route.to.width, to))
        : from > 0 ? range(0, from) : range(to, route.to.width);
    return range.length() > 0 && (range.offset() != 0 || range.length() != route.to.width)
        ? new Route(route.from.part(range), route.to.part(range))
        : null;
  }

  private static Change.Range range(int from, int to) {
    return new Change.Range(from, to - from);
  }

  private long worth(List<CopyFinder.Found> found) {
    long steps = 0;
    long bytes = 0;
    Set<Kind> targets = new HashSet<>();
    for (CopyFinder.Found copy : found) {
      steps += copy.explained().size();
      if (targets.add(copy.to())) {
        bytes +=
            copy.to().rest().get(copy.offset(), copy.offset() + copy.width()).cardinality();
      }
    }
    return found.isEmpty() ? 0 : steps * 4096 + bytes * 4096 / targets.size() + targets.size();
  }

  private void take(Route route, List<CopyFinder.Found> all) {
    Map<Kind, List<CopyFinder.Found>> byTarget = new LinkedHashMap<>();
    boolean mayHaveUnused = CopyFinder.values(all) > 1;
    all.forEach(found -> byTarget
        .computeIfAbsent(found.to(), key -> new ArrayList<>())
        .add(mayHaveUnused ? withoutUnused(found) : found));
    byTarget.forEach((kind, found) -> {
      Change.Range place = new Change.Range(route.to.at(kind), route.to.width);
      take(kind, place, found);
    });
  }

  /**
   * The copy without bytes at its ends, two or more, that are not used in these kinds of frames:
   * what other kinds have there is another field.
   */
  private static CopyFinder.Found withoutUnused(CopyFinder.Found found) {
    int left = 0;
    while (left < found.width() && isNeverUsed(found, left)) {
      left++;
    }
    int right = 0;
    while (right < found.width() - left && isNeverUsed(found, found.width() - 1 - right)) {
      right++;
    }
    return found.part(left < 2 ? 0 : left, right < 2 ? 0 : right);
  }

  private static boolean isNeverUsed(CopyFinder.Found found, int at) {
    return !found.from().varying().get(found.start() + at)
        && found.from().steps().stream()
            .allMatch(step -> CopyFinder.isUnused(step.payload(0)[found.start() + at]));
  }

  private void take(Kind kind, Change.Range place, List<CopyFinder.Found> found) {
    Set<Step> explained = new HashSet<>();
    found.forEach(one -> explained.addAll(one.explained()));
    long needed = kind.steps().stream()
        .filter(step ->
            !step.varying().get(place.offset(), place.offset() + place.length()).isEmpty())
        .count();
    boolean all = explained.size() == needed;
    if (!all && hasItFirst(kind, place, explained)) {
      return;
    }
    if (all || explained.size() * 2 > needed && place.length() >= LONG) {
      kind.rest().clear(place.offset(), place.offset() + place.length());
      copies.addAll(found);
    } else if (kind.direction() == Direction.S2C && explained.size() * 2 > needed) {
      copies.addAll(found); // the others stay open
    }
  }

  /** Whether frames of a kind had a value before the others, which could have copied it. */
  private static boolean hasItFirst(Kind kind, Change.Range place, Set<Step> explained) {
    Map<List<Object>, Long> first = new HashMap<>();
    for (Step step : kind.steps()) {
      if (!explained.contains(step)) {
        first.merge(valueOf(step, place), step.entry(0), Math::min);
      }
    }
    return explained.stream()
        .anyMatch(step -> first.getOrDefault(valueOf(step, place), Long.MAX_VALUE) < step.entry(0));
  }

  /** The value that a connection has at a place. */
  private static List<Object> valueOf(Step step, Change.Range place) {
    ByteBuffer value = ByteBuffer.wrap(step.payload(0), place.offset(), place.length());
    return List.of(step.conversation(), value);
  }

  /**
   * A place that counts from one end of the payload, or from a field whose length varies.
   *
   * @param after the field that it comes after; null if it counts from an end
   * @param offset below 0 if it counts from the payload's end
   * @param isNumber whether it goes as far as there are digits
   */
  private record Place(
      Direction direction, @Nullable Sized after, int offset, int width, boolean isNumber) {
    Place(Direction direction, @Nullable Sized after, int offset, int width) {
      this(direction, after, offset, width, false);
    }

    /** The decimal number that begins there in frames of a kind. */
    static Place number(Kind kind, int offset, int width) {
      return new Place(kind.direction(), null, offset, width, true);
    }

    static Place front(Kind kind, int offset, int width) {
      Sized sized = kind.sized();
      return sized == null || offset < sized.offset()
          ? new Place(kind.direction(), null, offset, width)
          : new Place(kind.direction(), sized, offset - sized.offset(), width);
    }

    static Place back(Kind kind, int offset, int width) {
      return kind.sized() == null || offset >= kind.sized().offset()
          ? new Place(kind.direction(), null, offset - kind.length(), width)
          : front(kind, offset, width);
    }

    /** A part of it. */
    Place part(Change.Range range) {
      return new Place(direction, after, offset + range.offset(), range.length());
    }

    int at(Kind kind) {
      return at(kind.length(), kind.sized());
    }

    /** Where it begins in a payload of that length, without that field; -1 if it is not whole. */
    int at(int length, @Nullable Sized sized) {
      if (after != null) {
        int at = after.offset() + offset;
        return after.equals(sized) && at + width <= length ? at : -1;
      }
      int at = offset < 0 ? length + offset : offset;
      boolean isWhole = at >= 0 && at + width <= length;
      boolean isKnown =
          sized == null || (offset < 0 ? at >= sized.offset() : at + width <= sized.offset());
      return isWhole && isKnown ? at : -1;
    }

    Field in(Frames frames) {
      return isNumber
          ? Field.parse(frames + ":" + offset + "+digits")
          : after == null
              ? Field.of(frames, offset, width)
              : Field.parse(frames + ":" + after.offset() + "/" + after.shape()
                  + (offset == 0 ? "" : "/" + offset) + "+" + width);
    }
  }

  /** Chooses, for each place of a kind, the end from which more steps agree on it. */
  private static final class Ends {
    private final Map<Place, Long> votes = new HashMap<>();

    void add(Kind kind, int offset, int width) {
      votes.merge(Place.front(kind, offset, width), (long) kind.steps().size(), Long::sum);
      votes.merge(Place.back(kind, offset, width), (long) kind.steps().size(), Long::sum);
    }

    Place choose(Kind kind, int offset, int width) {
      Place front = Place.front(kind, offset, width);
      Place back = Place.back(kind, offset, width);
      return votes.getOrDefault(back, 0L) > votes.getOrDefault(front, 0L) ? back : front;
    }
  }

  /** Proposes rules for the fields whose length varies. */
  private void proposeSized() {
    ByDirection<Map<Sized, List<Kind>>> all =
        new ByDirection<>(bySized(kinds.c2s()), bySized(kinds.s2c()));
    Set<List<Kind>> explained = new HashSet<>();
    for (Direction direction : Direction.values()) {
      Map<Sized, List<Kind>> others = new LinkedHashMap<>(all.get(direction.opposite()));
      others.values().removeIf(explained::contains); // has its own values from here
      all.get(direction).forEach((sized, own) -> {
        Map.Entry<Sized, List<Kind>> source = source(sized, own, others);
        if (source != null && proposeCopy(source.getKey(), source.getValue(), sized, own)) {
          explained.add(own);
          explained.add(source.getValue());
          settle(source.getKey(), sized, direction);
        } else if (source != null) {
          explained.add(own); // there is a remark instead
        }
      });
    }
    for (Direction direction : Direction.values()) {
      all.get(direction).forEach((sized, own) -> {
        if (!explained.contains(own)) {
          Scopes.of(own, outOfSized(sized, own))
              .forEach(frames -> proposeIgnore(frames, sized, own));
        }
      });
    }
  }

  /** The kinds that have a field whose length varies, by that field. */
  private static Map<Sized, List<Kind>> bySized(List<Kind> kinds) {
    Map<Sized, List<Kind>> bySized = new LinkedHashMap<>();
    for (Kind kind : kinds) {
      if (kind.sized() != null) {
        bySized.computeIfAbsent(kind.sized(), sized -> new ArrayList<>()).add(kind);
      }
    }
    return bySized;
  }

  /** Proposes a copy between fields whose length varies; false if there is no rule for that. */
  private boolean proposeCopy(Sized source, List<Kind> sources, Sized sized, List<Kind> own) {
    long count = own.stream().mapToLong(kind -> kind.steps().size()).sum();
    boolean all = true;
    for (Frames there : Scopes.of(sources, outOfSized(source, sources))) {
      for (Frames here : Scopes.of(own, outOfSized(sized, own))) {
        all &= propose(
            "copy " + there + ":" + source.offset() + "+" + source.shape() + "->" + here + ":"
                + sized.offset() + "+" + sized.shape(),
            count,
            " entries repeat a value of an earlier " + sources.get(0).direction()
                + " entry, whose length varies");
      }
    }
    return all;
  }

  /** Explains a copied field in frames in which it only happens to have one length. */
  private void settle(Sized source, Sized sized, Direction direction) {
    List<Kind> sources = kinds.get(direction.opposite());
    for (Kind kind : sources) {
      clear(kind, source, kind.steps().stream().allMatch(source::isIn));
    }
    List<Map<String, Step>> firsts = new ArrayList<>();
    for (int i = 0; i < recordings; i++) {
      firsts.add(firsts(source, sources, i));
    }
    for (Kind kind : kinds.get(direction)) {
      clear(kind, sized, kind.steps().stream().allMatch(step -> comesFrom(step, sized, firsts)));
    }
  }

  private static boolean comesFrom(Step step, Sized sized, List<Map<String, Step>> firsts) {
    for (int i = 0; i < firsts.size() && sized.isIn(step); i++) {
      Step source = step.isIn(i) ? firsts.get(i).get(sized.value(step.wholePayload(i))) : step;
      if (source == null
          || source.conversation() != step.conversation()
          || source != step && source.entry(i) >= step.entry(i)) {
        return false;
      }
    }
    return sized.isIn(step);
  }

  private static void clear(Kind kind, Sized field, boolean isExplained) {
    if (isExplained && kind.sized() == null) {
      int end = field.end(kind.steps().get(0).payload(0));
      if (kind.steps().stream().allMatch(step -> field.end(step.payload(0)) == end)) {
        kind.rest().clear(field.offset(), end);
      }
    }
  }

  private void proposeIgnore(Frames frames, Sized sized, List<Kind> own) {
    long count = own.stream().mapToLong(kind -> kind.steps().size()).sum();
    String field = frames + ":" + sized.offset() + "+" + sized.shape();
    propose(
        "ignore " + field,
        count,
        " entries that have it differ in this field, whose length varies");
  }

  /** Proposes a rule; one that rules cannot express yet becomes a remark. */
  private boolean propose(String text, long count, String reason) {
    try {
      findings.add(new Learned.Finding(Rules.of(text), count, count, reason, 0));
      return true;
    } catch (IllegalArgumentException e) {
      notes.add(count + " of " + count + reason + "; there is no rule for that: " + text);
      return false;
    }
  }

  /** The steps that have something else where a kind has a field whose length varies. */
  private List<Step> outOfSized(Sized sized, List<Kind> own) {
    Set<Integer> lengths = new HashSet<>();
    own.forEach(kind -> lengths.add(kind.length()));
    List<Step> out = steps.get(own.get(0).direction()).stream()
        .filter(step -> !sized.equals(step.sized()) && step.wholePayload(0).length > sized.offset())
        .filter(
            step -> sized.isRest() || !lengths.contains(sized.lengthWithout(step.wholePayload(0))))
        .toList();
    return Scopes.sample(out, MOST_OUT);
  }

  /** The field of the other direction that had all values of a field before; null if none had. */
  private Map.@Nullable Entry<Sized, List<Kind>> source(
      Sized sized, List<Kind> own, Map<Sized, List<Kind>> others) {
    for (Map.Entry<Sized, List<Kind>> other : others.entrySet()) {
      boolean all = true;
      for (int i = 0; i < recordings && all; i++) {
        Map<String, Step> first = firsts(other.getKey(), other.getValue(), i);
        Map<String, Step> home = firsts(sized, own, i);
        for (Kind kind : own) {
          for (Step step : kind.steps()) {
            if (step.isIn(i)) {
              String value = sized.value(step.wholePayload(i));
              Step source = first.get(value);
              all &= source != null
                  && source.conversation() == step.conversation()
                  && source.entry(i) < Objects.requireNonNull(home.get(value)).entry(i);
            }
          }
        }
      }
      if (all) {
        return other;
      }
    }
    return null;
  }

  private static Map<String, Step> firsts(Sized sized, List<Kind> kinds, int recording) {
    Map<String, Step> first = new HashMap<>();
    for (Kind kind : kinds) {
      for (Step step : kind.steps()) {
        if (step.isIn(recording) && sized.isIn(step)) {
          first.merge(
              sized.value(step.wholePayload(recording)),
              step,
              (one, other) -> one.entry(recording) <= other.entry(recording) ? one : other);
        }
      }
    }
    return first;
  }

  /** A number in payloads that counts their bytes, but for some. */
  private record Count(Direction direction, int at, int width, boolean big, long rest) {
    boolean isRight(byte[] payload) {
      return at + width <= payload.length && number(payload) + rest == payload.length;
    }

    long number(byte[] payload) {
      long number = 0;
      for (int i = 0; i < width; i++) {
        number = number << 8 | payload[big ? at + i : at + width - 1 - i] & 0xff;
      }
      return number;
    }

    String field() {
      return Frames.of(direction) + ":" + at + "+u" + 8 * width + (big || width == 1 ? "" : "le");
    }
  }

  /** Finds numbers that count bytes: they are not open, and tell no kind of frame from another. */
  private void explainLengths() {
    Map<Count, Long> counts = new LinkedHashMap<>();
    for (List<Kind> some : List.of(kinds.c2s(), kinds.s2c())) {
      for (Kind kind : some) {
        if (kind.sized() != null) {
          clearLengths(kind, kind.sized(), counts);
        }
      }
    }
    Map<String, Long> fields = new LinkedHashMap<>();
    counts.forEach((count, steps) -> {
      fields.merge(count.field(), steps, Long::sum);
      for (Kind kind : kinds.get(count.direction)) {
        if (kind.steps().stream().allMatch(step -> count.isRight(step.wholePayload(0)))) {
          kind.varying().set(count.at, count.at + count.width);
        }
      }
    });
    fields.forEach((field, count) ->
        propose("length " + field, count, " entries count with this number the bytes that follow"));
  }

  /**
   * Finds numbers before a field whose length varies that differ by as much as the payloads'
   * lengths: they count bytes, so they are not open.
   */
  private static void clearLengths(Kind kind, Sized sized, Map<Count, Long> counts) {
    for (Change.Range run : Kind.runs(kind.rest())) {
      int end = run.offset() + run.length();
      if (end > sized.offset() || run.length() > 4) {
        continue;
      }
      for (int width : new int[] {4, 2, 1}) {
        for (boolean big : new boolean[] {true, false}) {
          int at = big ? end - width : run.offset();
          if (at >= 0
              && at + width <= sized.offset()
              && width >= run.length()
              && kind.rest().get(at, at + width).cardinality() > 0
              && isZero(kind, at, width, run)) {
            byte[] first = kind.steps().get(0).wholePayload(0);
            long number = new Count(kind.direction(), at, width, big, 0).number(first);
            Count count = new Count(kind.direction(), at, width, big, first.length - number);
            if (isRight(count, kind)) {
              kind.rest().clear(at, at + width);
              counts.merge(count, (long) kind.steps().size(), Long::sum);
            }
          }
        }
      }
    }
  }

  /** Whether the bytes of a number are zero beside those that vary. */
  private static boolean isZero(Kind kind, int at, int width, Change.Range run) {
    for (int i = at; i < at + width; i++) {
      if (!run.has(i) && kind.steps().get(0).payload(0)[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether a number is right in all steps, or is only off by as much in all recordings. */
  private static boolean isRight(Count count, Kind kind) {
    for (Step step : kind.steps()) {
      for (int i = 1; i < step.recordings(); i++) {
        byte[] first = step.wholePayload(0);
        byte[] other = step.isIn(i) ? step.wholePayload(i) : first;
        if (count.number(other) - count.number(first) != other.length - first.length) {
          return false;
        }
      }
    }
    return true;
  }

  private void proposeCopies() {
    Ends from = new Ends();
    Ends to = new Ends();
    Set<List<Object>> seen = new HashSet<>();
    for (CopyFinder.Found copy : copies) {
      if (seen.add(List.of(copy.from(), copy.start(), copy.width(), "from"))) {
        from.add(copy.from(), copy.start(), copy.width());
      }
      if (seen.add(List.of(copy.to(), copy.offset(), copy.width(), "to"))) {
        to.add(copy.to(), copy.offset(), copy.width());
      }
    }
    Map<Way, List<CopyFinder.Found>> groups = new LinkedHashMap<>();
    for (CopyFinder.Found copy : copies) {
      Way way = new Way(
          from.choose(copy.from(), copy.start(), copy.width()),
          to.choose(copy.to(), copy.offset(), copy.width()),
          copy.across());
      groups.computeIfAbsent(way, key -> new ArrayList<>()).add(copy);
    }
    groups.forEach((way, found) -> {
      Way number = number(way, found);
      proposeCopy(number.from, number.to, found);
    });
  }

  /** The same as far as there are digits, if the values are decimal numbers in all frames. */
  private static Way number(Way way, List<CopyFinder.Found> found) {
    CopyFinder.Found one = found.get(0);
    boolean areNumbers = found.stream()
        .allMatch(copy -> isNumber(copy)
            && copy.start() == one.start()
            && copy.offset() == one.offset()
            && copy.width() == one.width());
    return areNumbers
        ? new Way(
            Place.number(one.from(), one.start(), one.width()),
            Place.number(one.to(), one.offset(), one.width()),
            way.across)
        : way;
  }

  /** Copies that may be one rule. */
  private record Way(Place from, Place to, boolean across) {}

  private void proposeCopy(Place from, Place to, List<CopyFinder.Found> found) {
    Set<Kind> sources = new LinkedHashSet<>();
    Set<Kind> targets = new LinkedHashSet<>();
    found.forEach(copy -> {
      sources.add(copy.from());
      targets.add(copy.to());
    });
    List<Frames> scopesOfFrom = Scopes.of(List.copyOf(sources), outOfSource(from, sources));
    List<Frames> scopesOfTo = Scopes.of(List.copyOf(targets), outOfTarget(to, found));
    Map<Frames, Set<Kind>> kindsOfTo = kindsIn(scopesOfTo, targets);
    kindsIn(scopesOfFrom, sources)
        .forEach((there, theirs) -> kindsOfTo.forEach((here, ours) -> {
          List<CopyFinder.Found> own = found.stream()
              .filter(copy -> theirs.contains(copy.from()) && ours.contains(copy.to()))
              .toList();
          if (!own.isEmpty()) {
            findings.add(finding(from, to, there, here, own));
          }
        }));
  }

  /** Which of some kinds each scope takes in. */
  private static Map<Frames, Set<Kind>> kindsIn(List<Frames> scopes, Set<Kind> kinds) {
    Map<Frames, Set<Kind>> in = new LinkedHashMap<>();
    for (Frames frames : scopes) {
      Set<Kind> own = new HashSet<>(kinds);
      own.removeIf(kind -> kind.steps().stream()
          .limit(MOST_OUT)
          .noneMatch(step -> frames.matches(ByteBuffer.wrap(step.wholePayload(0)))));
      in.put(frames, own);
    }
    return in;
  }

  private Learned.Finding finding(
      Place from, Place to, Frames there, Frames here, List<CopyFinder.Found> found) {
    Set<Step> explained = new HashSet<>();
    Set<ByteBuffer> values = new HashSet<>();
    double chance = 0;
    for (CopyFinder.Found copy : found) {
      explained.addAll(copy.explained());
      chance = Math.min(chance, copy.chance());
      for (Step step : copy.explained()) {
        values.add(ByteBuffer.wrap(step.payload(0), copy.offset(), copy.width()));
      }
    }
    Set<Kind> targets = new LinkedHashSet<>();
    found.forEach(copy -> targets.add(copy.to()));
    long of = targets.stream()
        .flatMap(kind -> kind.steps().stream())
        .filter(step -> {
          int at = to.at(step.length(), step.sized());
          return at >= 0 && !step.varying().get(at, at + to.width).isEmpty();
        })
        .count();
    boolean across = found.get(0).across();
    String reason = " entries repeat a value of an earlier " + from.direction + " entry "
        + (across ? "of this or another connection (" : "(")
        + (values.size() == 1 ? "1 value" : values.size() + " values")
        + " in each recording; by chance " + odds(chance) + ")";
    Copy copy = Copy.of(from.in(there), to.in(here));
    Rules rule = Rules.NONE.copying(across ? copy.acrossConnections() : copy);
    return new Learned.Finding(rule, explained.size(), of, reason, 0);
  }

  private static String odds(double chance) {
    long digits = Math.round(Math.floor(-chance));
    if (digits > 30) {
      return "less than once in 10^30";
    }
    return "once in " + (digits < 7 ? String.valueOf((long) Math.pow(10, digits)) : "10^" + digits);
  }

  /** The steps whose bytes a copy would leave open though they do not vary there. */
  private List<Step> outOfSource(Place from, Set<Kind> sources) {
    List<Step> out = new ArrayList<>();
    for (Kind kind : kinds.get(from.direction)) {
      int at = from.at(kind);
      if (at >= 0 && !sources.contains(kind)) {
        out.addAll(Scopes.sample(kind.steps(), MOST_OUT));
      }
    }
    out.addAll(strays(from));
    return out;
  }

  /**
   * Steps with these bytes in them of which nobody knows whether they vary: lengths differ, or the
   * place is beyond a field whose length varies.
   */
  private List<Step> strays(Place place) {
    Field field = place.in(Frames.of(place.direction));
    List<Step> strays = steps.get(place.direction).stream()
        .filter(step -> !step.hasOneLength() || place.at(step.length(), step.sized()) < 0)
        .filter(step -> field.isIn(ByteBuffer.wrap(step.wholePayload(0))))
        .toList();
    return Scopes.sample(strays, MOST_OUT);
  }

  /** The steps into which a copy would put values that do not belong there. */
  private List<Step> outOfTarget(Place to, List<CopyFinder.Found> found) {
    Set<Kind> targets = new HashSet<>();
    List<Set<ByteBuffer>> values = new ArrayList<>();
    for (int i = 0; i < recordings; i++) {
      values.add(new HashSet<>());
    }
    for (CopyFinder.Found copy : found) {
      targets.add(copy.to());
      for (Step step : copy.from().steps()) {
        for (int i = 0; i < recordings; i++) {
          if (step.isIn(i)) {
            values.get(i).add(ByteBuffer.wrap(step.payload(i), copy.start(), copy.width()));
          }
        }
      }
    }
    List<Step> out = new ArrayList<>();
    for (Step step : steps.get(to.direction)) {
      for (int i = 0; i < recordings; i++) {
        int at = step.isIn(i) ? to.at(step.payload(i).length, step.sized()) : -1;
        if (at >= 0 && values.get(i).contains(ByteBuffer.wrap(step.payload(i), at, to.width))) {
          out.add(step);
          break;
        }
      }
    }
    Set<Step> explained = new HashSet<>();
    copies.stream()
        .filter(copy -> copy.to().direction() == to.direction
            && to.at(copy.to()) == copy.offset()
            && copy.width() == to.width)
        .forEach(copy -> explained.addAll(copy.explained()));
    out.removeIf(explained::contains);
    // Of a kind that is a target, all steps are: what is not explained stays as it was recorded.
    targets.forEach(kind -> out.removeAll(new HashSet<>(kind.steps())));
    return Scopes.sample(out, MOST_OUT);
  }

  /** A field of a kind that nothing explains; {@code what} is empty for bytes that vary. */
  private record Spot(Kind kind, int offset, int width, String what) {
    /** Its bytes that vary. */
    BitSet varying() {
      BitSet varying = kind.varying().get(0, offset + width);
      varying.clear(0, offset);
      return varying;
    }
  }

  private void proposeIgnores(Direction direction) {
    List<Spot> spots = new ArrayList<>();
    for (Kind kind : kinds.get(direction)) {
      List<Shapes.Field> fields = new ArrayList<>(kind.clocks());
      fields.addAll(Shapes.of(kind, kind.rest()));
      for (Shapes.Field field : fields) {
        for (Spot spot : spots(kind, field)) {
          if (isReal(spot)) {
            note(spot);
          } else if (!isUneven(spot)) {
            spots.add(spot);
          }
        }
      }
    }
    unite(spots);
    Ends ends = new Ends();
    spots.forEach(spot -> ends.add(spot.kind, spot.offset, spot.width));
    Map<Place, List<Spot>> groups = new LinkedHashMap<>();
    for (Spot spot : spots) {
      groups
          .computeIfAbsent(
              ends.choose(spot.kind, spot.offset, spot.width), key -> new ArrayList<>())
          .add(spot);
    }
    absorb(groups);
    groups.forEach((place, group) -> {
      if (!isFromOtherConnection(group.get(0))) {
        proposeIgnore(place, group, spots);
      }
    });
  }

  /** The field as a spot, or as two if a field whose length varies is in between. */
  private static List<Spot> spots(Kind kind, Shapes.Field field) {
    Sized sized = kind.sized();
    if (sized == null || !isSplit(kind, field.offset(), field.width())) {
      return List.of(new Spot(kind, field.offset(), field.width(), field.what()));
    }
    int middle = sized.offset();
    return List.of(
        new Spot(kind, field.offset(), middle - field.offset(), ""),
        new Spot(kind, middle, field.end() - middle, ""));
  }

  /**
   * Whether a difference is likely a real one: few bytes that seldom differ, though they are
   * different from frame to frame.
   */
  private static boolean isReal(Spot spot) {
    if (spot.width >= RANDOM_FIELD || !spot.what.isEmpty()) {
      return false;
    }
    int differing = 0;
    Set<ByteBuffer> values = new HashSet<>();
    for (Step step : spot.kind.steps()) {
      if (step.varying().get(spot.offset, spot.offset + spot.width).isEmpty()) {
        values.add(ByteBuffer.wrap(step.payload(0), spot.offset, spot.width));
      } else {
        differing++;
      }
    }
    return values.size() > 1 && differing * 4 < spot.kind.steps().size();
  }

  /**
   * Whether only one entry has such a field, and in others the payloads have different lengths and
   * begin to differ there, too: then it only happens to have one length.
   */
  private boolean isUneven(Spot spot) {
    Kind kind = spot.kind;
    if (kind.steps().size() > 1 || kind.sized() != null || !spot.what.isEmpty()) {
      return false;
    }
    int first = kind.varying().nextSetBit(0);
    if (!kind.rest().get(first)) {
      return false; // something explains where they begin to differ
    }
    for (Step step : steps.get(kind.direction())) {
      if (!step.hasOneLength() && step.firstDifference() == first) {
        notes.add("entry " + kind.steps().get(0).entry(0) + " (" + kind.direction()
            + ") differs in bytes " + spot.offset + "+" + spot.width + ", but entry "
            + step.entry(0) + " differs in its length there, and no rule was found for that");
        return true;
      }
    }
    return false;
  }

  private void note(Spot spot) {
    for (Step step : spot.kind.steps()) {
      if (!step.varying().get(spot.offset, spot.offset + spot.width).isEmpty()) {
        notes.add("entry " + step.entry(0) + " (" + spot.kind.direction() + ") differs in bytes "
            + spot.offset + "+" + spot.width + ", where others of its kind do not: a real"
            + " difference rather than a field that varies");
        return;
      }
    }
  }

  /**
   * Makes one field of digits or letters that are at the same place in several kinds: each kind has
   * some that are equal by chance, but all kinds together have none.
   */
  private static void unite(List<Spot> spots) {
    BitSet union = new BitSet();
    List<Spot> texts = spots.stream()
        .filter(spot -> spot.kind.sized() == null && alphabet(List.of(spot)) < BINARY)
        .toList();
    texts.forEach(spot -> union.or(spot.varying()));
    for (Change.Range run : Kind.runs(union)) {
      int end = run.offset() + run.length();
      Map<Kind, List<Spot>> parts = new LinkedHashMap<>();
      texts.stream()
          .filter(spot -> !spot.varying().get(run.offset(), end).isEmpty())
          .forEach(
              spot -> parts.computeIfAbsent(spot.kind, key -> new ArrayList<>()).add(spot));
      long differing = parts.values().stream()
          .flatMap(List::stream)
          .mapToLong(spot -> spot.varying().cardinality())
          .sum();
      long all = (long) parts.size() * run.length();
      double alphabet = parts.keySet().stream()
          .mapToDouble(
              kind -> end > kind.length() ? BINARY : Kind.alphabet(kind.steps(), run.offset(), end))
          .max()
          .orElse(BINARY);
      boolean isOne = parts.entrySet().stream()
          .allMatch(part -> part.getKey().varying().get(run.offset(), end).cardinality()
              == part.getValue().stream()
                  .mapToInt(spot -> spot.varying().cardinality())
                  .sum());
      if (isOne
          && alphabet < BINARY
          && run.length() >= RANDOM_FIELD
          && parts.size() > 2
          && Kind.mayBeChance((int) (all - differing), all, alphabet)) {
        parts.forEach((kind, own) -> {
          spots.removeAll(own);
          spots.add(new Spot(kind, run.offset(), run.length(), own.get(0).what));
        });
      }
    }
  }

  /**
   * Joins a field of which single bytes were equal by chance to the same field of other kinds, in
   * which they were not.
   */
  private static void absorb(Map<Place, List<Spot>> groups) {
    List<Place> widest = groups.entrySet().stream()
        .filter(group -> group.getKey().width >= RANDOM_FIELD
            || group.getKey().width > 1 && alphabet(group.getValue()) < BINARY)
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing((Place place) -> -place.width))
        .toList();
    for (Place wide : widest) {
      List<Spot> own = groups.get(wide);
      if (own == null) {
        continue;
      }
      Map<Kind, List<Spot>> parts = new LinkedHashMap<>();
      groups.forEach((place, spots) -> spots.forEach(spot -> {
        int at = wide.at(spot.kind);
        if (!place.equals(wide)
            && at >= 0
            && spot.kind.direction() == wide.direction
            && spot.offset >= at
            && spot.offset + spot.width <= at + wide.width) {
          parts.computeIfAbsent(spot.kind, key -> new ArrayList<>()).add(spot);
        }
      }));
      parts.forEach((kind, some) -> {
        int width = some.stream().mapToInt(Spot::width).sum();
        int at = wide.at(kind);
        int varied = kind.varying().get(at, at + wide.width).cardinality();
        long full = own.stream().mapToLong(spot -> spot.kind.steps().size()).sum();
        double alphabet = own.stream()
            .mapToDouble(
                spot -> Kind.alphabet(spot.kind.steps(), spot.offset, spot.offset + spot.width))
            .max()
            .orElse(256);
        if (varied == width
            && full > 1
            && Kind.mayBeChance(wide.width - width, wide.width, alphabet)) {
          groups.values().forEach(spots -> spots.removeAll(some));
          own.add(new Spot(kind, at, wide.width, own.get(0).what));
        }
      });
      groups.values().removeIf(Collection::isEmpty);
    }
  }

  /** How many values each byte of a field may have. */
  private static double alphabet(List<Spot> spots) {
    return spots.stream()
        .mapToDouble(
            spot -> Kind.alphabet(spot.kind.steps(), spot.offset, spot.offset + spot.width))
        .max()
        .orElse(BINARY);
  }

  private void proposeIgnore(Place place, List<Spot> group, List<Spot> all) {
    Set<Kind> own = new LinkedHashSet<>();
    group.forEach(spot -> own.add(spot.kind));
    List<Step> out = new ArrayList<>();
    for (Kind kind : kinds.get(place.direction)) {
      int at = place.at(kind);
      if (at >= 0 && !own.contains(kind) && !isOpen(kind, at, place.width, all)) {
        out.addAll(Scopes.sample(kind.steps(), MOST_OUT));
      }
    }
    out.addAll(strays(place));
    String what =
        group.stream().map(Spot::what).filter(one -> !one.isEmpty()).findFirst().orElse("");
    for (Frames frames : Scopes.of(List.copyOf(own), out)) {
      long having = 0;
      long differing = 0;
      for (Kind kind : own) {
        int at = place.at(kind);
        for (Step step : kind.steps()) {
          if (frames.matches(ByteBuffer.wrap(step.wholePayload(0)))) {
            having++;
            differing += step.varying().get(at, at + place.width).isEmpty() ? 0 : 1;
          }
        }
      }
      long others = out.stream()
          .filter(step -> frames.matches(ByteBuffer.wrap(step.wholePayload(0))))
          .count();
      if (having > 0) {
        findings.add(new Learned.Finding(
            Rules.NONE.ignoring(place.in(frames)),
            differing,
            having,
            reason(place, what, own.stream().allMatch(kind -> isAtEnd(place, kind))),
            others));
      }
    }
  }

  private static boolean isAtEnd(Place place, Kind kind) {
    return place.at(kind) + place.width == kind.length();
  }

  private static String reason(Place place, String what, boolean isAtEnd) {
    if (!what.isEmpty()) {
      return " entries differ here, in " + what;
    }
    String differ = " entries that have these bytes differ in them";
    return place.width < RANDOM_FIELD || !isAtEnd
        ? differ
        : differ + "; if they are computed from the others, as a MAC is, a peer that checks them"
            + " will reject the recorded ones: compute them with a FrameRewriter";
  }

  /**
   * Whether the server gave a value to another connection, though not at a place from which a rule
   * copies it. None is needed where the server is played: the client sends back what was recorded.
   */
  private boolean isFromOtherConnection(Spot spot) {
    Step step = spot.kind.steps().get(0);
    if (spot.width < LONG || spot.kind.direction() != Direction.C2S || !step.isWitnessed()) {
      return false;
    }
    for (Step other : Scopes.sample(steps.s2c(), MOST_OTHERS)) {
      if (other.conversation() != step.conversation() && gives(other, step, spot)) {
        notes.add("bytes " + spot.offset + "+" + spot.width + " of c2s entries are what the server"
            + " sent on another connection, but no rule was found that copies them, so they stay"
            + " compared; a replay needs no rule, but a live server will reject the recorded ones");
        return true;
      }
    }
    return false;
  }

  private boolean gives(Step other, Step step, Spot spot) {
    for (int i = 0; i < recordings; i++) {
      if (step.isIn(i) && (!other.isIn(i) || !contains(other.payload(i), step.payload(i), spot))) {
        return false;
      }
    }
    return true;
  }

  private static boolean contains(byte[] payload, byte[] from, Spot spot) {
    ByteBuffer value = ByteBuffer.wrap(from, spot.offset, spot.width);
    for (int at = 0; at + spot.width <= payload.length; at++) {
      if (payload[at] == from[spot.offset]
          && ByteBuffer.wrap(payload, at, spot.width).equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOpen(Kind kind, int at, int width, List<Spot> all) {
    BitSet open = new BitSet();
    all.stream()
        .filter(spot -> spot.kind == kind)
        .forEach(spot -> open.set(spot.offset, spot.offset + spot.width));
    return open.get(at, at + width).cardinality() == width;
  }
}
