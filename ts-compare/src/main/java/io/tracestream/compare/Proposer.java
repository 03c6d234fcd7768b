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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
  /** Values of this many bytes or more are not elsewhere by chance. */
  private static final int LONG = 8;
  /** Frames of other connections that are searched for a value. */
  private static final int MOST_OTHERS = 2000;
  /** Steps that a rule must not take in, of each kind. */
  private static final int MOST_OUT = 200;

  private final int recordings;
  private final Map<Direction, List<Step>> steps;
  private final Map<Direction, List<Kind>> kinds;
  /** The bytes of each kind that nothing explains yet. */
  private final Map<Kind, BitSet> rest = new HashMap<>();
  /** The clocks of each kind. */
  private final Map<Kind, List<Shapes.Field>> clocks = new HashMap<>();

  private final List<CopyFinder.Found> copies = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Learned.Finding> findings = new ArrayList<>();

  Proposer(List<Step> c2s, List<Step> s2c, int recordings) {
    this.recordings = recordings;
    this.steps = Map.of(Direction.C2S, c2s, Direction.S2C, s2c);
    this.kinds = Map.of(Direction.C2S, Kind.of(c2s), Direction.S2C, Kind.of(s2c));
    for (List<Kind> some : kinds.values()) {
      some.forEach(kind -> rest.put(kind, (BitSet) kind.varying().clone()));
      clocks.putAll(Clocks.of(some));
    }
    clocks.forEach((kind, fields) ->
        fields.forEach(field -> rest.get(kind).clear(field.offset(), field.end())));
  }

  /** Finds the rules. */
  void propose() {
    explain(Direction.C2S);
    explain(Direction.S2C);
    for (CopyFinder.Found copy : copies) {
      rest.get(copy.from()).clear(copy.start(), copy.start() + copy.width());
    }
    proposeCopies();
    proposeIgnores(Direction.C2S);
    proposeIgnores(Direction.S2C);
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
        .filter(copy -> copy.to().direction() == Direction.S2C)
        .toList();
  }

  /** How many bytes of all steps are open because nothing explains them. */
  long unexplained() {
    long bytes = 0;
    for (Map.Entry<Kind, BitSet> entry : rest.entrySet()) {
      bytes += (long) entry.getValue().cardinality() * entry.getKey().steps().size();
    }
    return bytes;
  }

  /** Finds the copies into frames of a direction; the rule that explains most comes first. */
  private void explain(Direction direction) {
    Map<Kind, BitSet> sources = new LinkedHashMap<>();
    for (Kind kind : kinds.get(direction.opposite())) {
      if (!rest.get(kind).isEmpty()) {
        sources.put(kind, rest.get(kind));
      }
    }
    CopyFinder finder = new CopyFinder(sources, kinds.get(direction), recordings);
    Set<Route> routes = new LinkedHashSet<>();
    for (Kind kind : kinds.get(direction)) {
      if (!rest.get(kind).isEmpty()) {
        finder.candidates(kind, rest.get(kind)).forEach(one -> routes.addAll(Route.of(one)));
      }
    }
    while (!routes.isEmpty()) {
      Route best = best(routes, finder);
      if (best == null) {
        return;
      }
      routes.remove(best);
      List<CopyFinder.Found> found = follow(best, finder);
      CopyFinder.Candidate wide = finder.widened(found.get(0));
      Route wider = wide == null ? null : best(new LinkedHashSet<>(Route.of(wide)), finder);
      List<CopyFinder.Found> more = wider == null ? List.of() : follow(wider, finder);
      if (wider != null && steps(more) >= steps(found) && mayBeConstant(more)) {
        take(wider, more);
      } else if (mayBeConstant(found) || !takeParts(best, constant(found), finder)) {
        take(best, found);
      }
    }
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
   * each, or one that counts on.
   */
  private static boolean mayBeConstant(List<CopyFinder.Found> found) {
    return constant(found).isEmpty()
        || CopyFinder.values(found) == 1 && (found.get(0).width() >= LONG || !hasManyValues(found));
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

  /** Takes the parts of a value that vary, such as a UUID without its hyphens, if all are sure. */
  private boolean takeParts(Route route, BitSet constant, CopyFinder finder) {
    BitSet varying = new BitSet();
    varying.set(0, route.to.width);
    varying.andNot(constant);
    Map<Route, List<CopyFinder.Found>> parts = new LinkedHashMap<>();
    for (Change.Range run : Kind.runs(varying)) {
      Route part = new Route(
          new Place(route.from.direction, route.from.offset + run.offset(), run.length()),
          new Place(route.to.direction, route.to.offset + run.offset(), run.length()));
      List<CopyFinder.Found> found = follow(part, finder);
      if (found.isEmpty()) {
        return false;
      }
      parts.put(part, found);
    }
    parts.forEach(this::take);
    return true;
  }

  /** The route that explains most; those that explain nothing are removed. */
  private Route best(Set<Route> routes, CopyFinder finder) {
    Route best = null;
    long most = 0;
    for (Route route : List.copyOf(routes)) {
      long worth = worth(follow(route, finder));
      if (worth <= 0) {
        routes.remove(route);
      } else if (worth > most) {
        most = worth;
        best = route;
      }
    }
    return best;
  }

  private static long steps(List<CopyFinder.Found> found) {
    return found.stream().mapToLong(copy -> copy.explained().size()).sum();
  }

  /** A copy from a place to a place, whatever the kinds of the frames. */
  private record Route(Place from, Place to) {
    static List<Route> of(CopyFinder.Candidate one) {
      List<Route> routes = new ArrayList<>();
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

  /** What a copy explains in each pair of kinds. */
  private List<CopyFinder.Found> follow(Route route, CopyFinder finder) {
    return finder.follow(
        kind -> route.from.at(kind.length()),
        kind -> route.to.at(kind.length()),
        route.to.width,
        rest);
  }

  /** How many steps are explained, with more for each byte of them that varies. */
  private long worth(List<CopyFinder.Found> found) {
    long steps = 0;
    long bytes = 0;
    Set<Kind> targets = new HashSet<>();
    for (CopyFinder.Found copy : found) {
      steps += copy.explained().size();
      if (targets.add(copy.to())) {
        bytes +=
            rest.get(copy.to()).get(copy.offset(), copy.offset() + copy.width()).cardinality();
      }
    }
    return found.isEmpty() ? 0 : steps * 4096 + bytes * 4096 / targets.size() + targets.size();
  }

  private void take(Route route, List<CopyFinder.Found> all) {
    Map<Kind, List<CopyFinder.Found>> byTarget = new LinkedHashMap<>();
    all.forEach(
        found -> byTarget.computeIfAbsent(found.to(), key -> new ArrayList<>()).add(found));
    byTarget.forEach((kind, found) -> {
      Change.Range place = new Change.Range(route.to.at(kind.length()), route.to.width);
      take(kind, place, found);
    });
  }

  private void take(Kind kind, Change.Range place, List<CopyFinder.Found> found) {
    Set<Step> explained = new HashSet<>();
    found.forEach(one -> explained.addAll(one.explained()));
    long needed = kind.steps().stream()
        .filter(step ->
            !step.varying().get(place.offset(), place.offset() + place.length()).isEmpty())
        .count();
    boolean all = explained.size() == needed;
    if (all || explained.size() * 2 > needed && place.length() >= LONG) {
      rest.get(kind).clear(place.offset(), place.offset() + place.length());
      copies.addAll(found);
    } else if (kind.direction() == Direction.S2C && explained.size() * 2 > needed) {
      copies.addAll(found); // the others stay open
    }
  }

  /** A place that counts from one end of the payload. */
  private record Place(Direction direction, int offset, int width) {
    static Place front(Kind kind, int offset, int width) {
      return new Place(kind.direction(), offset, width);
    }

    static Place back(Kind kind, int offset, int width) {
      return new Place(kind.direction(), offset - kind.length(), width);
    }

    /** Where it begins in a payload of that length; -1 if that has not all of it. */
    int at(int length) {
      int at = offset < 0 ? length + offset : offset;
      return at >= 0 && at + width <= length ? at : -1;
    }

    Field in(Frames frames) {
      return Field.of(frames, offset, width);
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
      return votes.get(back) > votes.get(front) ? back : front;
    }
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
    Map<List<Place>, List<CopyFinder.Found>> groups = new LinkedHashMap<>();
    for (CopyFinder.Found copy : copies) {
      groups
          .computeIfAbsent(
              List.of(
                  from.choose(copy.from(), copy.start(), copy.width()),
                  to.choose(copy.to(), copy.offset(), copy.width())),
              key -> new ArrayList<>())
          .add(copy);
    }
    groups.forEach((places, found) -> proposeCopy(places.get(0), places.get(1), found));
  }

  private void proposeCopy(Place from, Place to, List<CopyFinder.Found> found) {
    Set<Kind> sources = new LinkedHashSet<>();
    Set<Kind> targets = new LinkedHashSet<>();
    found.forEach(copy -> {
      sources.add(copy.from());
      targets.add(copy.to());
    });
    List<Frames> scopesOfFrom = Scopes.of(List.copyOf(sources), outOfSource(from, sources));
    List<Frames> scopesOfTo = Scopes.of(List.copyOf(targets), outOfTarget(from, to, found));
    for (Frames there : scopesOfFrom) {
      for (Frames here : scopesOfTo) {
        List<CopyFinder.Found> own = found.stream()
            .filter(copy -> isIn(there, copy.from()) && isIn(here, copy.to()))
            .toList();
        if (!own.isEmpty()) {
          findings.add(finding(from, to, there, here, own));
        }
      }
    }
  }

  private static boolean isIn(Frames frames, Kind kind) {
    return kind.steps().stream()
        .limit(MOST_OUT)
        .anyMatch(step -> frames.matches(ByteBuffer.wrap(step.payload(0))));
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
          int at = to.at(step.length());
          return at >= 0 && !step.varying().get(at, at + to.width).isEmpty();
        })
        .count();
    String reason = " entries repeat a value of an earlier " + from.direction + " entry ("
        + (values.size() == 1 ? "1 value" : values.size() + " values")
        + " in each recording; by chance " + odds(chance) + ")";
    return new Learned.Finding(
        Rules.NONE.copying(Copy.of(from.in(there), to.in(here))), explained.size(), of, reason, 0);
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
      int at = from.at(kind.length());
      if (at >= 0 && !sources.contains(kind)) {
        out.addAll(Scopes.sample(kind.steps(), MOST_OUT));
      }
    }
    out.addAll(uneven(from));
    return out;
  }

  /** Steps of which nobody knows what varies in them. */
  private List<Step> uneven(Place place) {
    List<Step> uneven = steps.get(place.direction).stream()
        .filter(step -> !step.hasOneLength() && place.at(step.length()) >= 0)
        .toList();
    return Scopes.sample(uneven, MOST_OUT);
  }

  /** The steps into which a copy would put values that do not belong there. */
  private List<Step> outOfTarget(Place from, Place to, List<CopyFinder.Found> found) {
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
        int at = step.isIn(i) ? to.at(step.payload(i).length) : -1;
        if (at >= 0 && values.get(i).contains(ByteBuffer.wrap(step.payload(i), at, to.width))) {
          out.add(step);
          break;
        }
      }
    }
    Set<Step> explained = new HashSet<>();
    copies.stream()
        .filter(copy -> copy.to().direction() == to.direction
            && to.at(copy.to().length()) == copy.offset()
            && copy.width() == to.width)
        .forEach(copy -> explained.addAll(copy.explained()));
    out.removeIf(explained::contains);
    // Of a kind that is a target, all steps are: what is not explained stays as it was recorded.
    targets.forEach(kind -> out.removeAll(new HashSet<>(kind.steps())));
    return Scopes.sample(out, MOST_OUT);
  }

  /** A field of a kind that nothing explains. */
  private record Spot(Kind kind, int offset, int width, String what) {}

  private void proposeIgnores(Direction direction) {
    List<Spot> spots = new ArrayList<>();
    for (Kind kind : kinds.get(direction)) {
      List<Shapes.Field> fields = new ArrayList<>(clocks.get(kind));
      fields.addAll(Shapes.of(kind, rest.get(kind)));
      for (Shapes.Field field : fields) {
        Spot spot = new Spot(kind, field.offset(), field.width(), field.what());
        if (isReal(spot)) {
          note(spot);
        } else {
          spots.add(spot);
        }
      }
    }
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
      noteOtherConnections(group.get(0));
      proposeIgnore(place, group, spots);
    });
  }

  /**
   * Whether a difference is likely a real one: few bytes that seldom differ, though they are
   * different from frame to frame.
   */
  private static boolean isReal(Spot spot) {
    if (spot.width >= RANDOM_FIELD || spot.what != null) {
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
   * Joins a field of which single bytes were equal by chance to the same field of other kinds, in
   * which they were not.
   */
  private static void absorb(Map<Place, List<Spot>> groups) {
    List<Place> widest = groups.keySet().stream()
        .filter(place -> place.width >= RANDOM_FIELD)
        .sorted(Comparator.comparing((Place place) -> -place.width))
        .toList();
    for (Place wide : widest) {
      List<Spot> own = groups.get(wide);
      if (own == null) {
        continue;
      }
      Map<Kind, List<Spot>> parts = new LinkedHashMap<>();
      groups.forEach((place, spots) -> spots.forEach(spot -> {
        int at = wide.at(spot.kind.length());
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
        int at = wide.at(kind.length());
        int varied = kind.varying().get(at, at + wide.width).cardinality();
        long full = own.stream().mapToLong(spot -> spot.kind.steps().size()).sum();
        if (varied == width && full > 1 && Kind.mayBeChance(wide.width - width, wide.width)) {
          groups.values().forEach(spots -> spots.removeAll(some));
          own.add(new Spot(kind, at, wide.width, own.get(0).what));
        }
      });
      groups.values().removeIf(Collection::isEmpty);
    }
  }

  private void proposeIgnore(Place place, List<Spot> group, List<Spot> all) {
    Set<Kind> own = new LinkedHashSet<>();
    group.forEach(spot -> own.add(spot.kind));
    List<Step> out = new ArrayList<>();
    for (Kind kind : kinds.get(place.direction)) {
      int at = place.at(kind.length());
      if (at >= 0 && !own.contains(kind) && !isOpen(kind, at, place.width, all)) {
        out.addAll(Scopes.sample(kind.steps(), MOST_OUT));
      }
    }
    out.addAll(uneven(place));
    String what =
        group.stream().map(Spot::what).filter(Objects::nonNull).findFirst().orElse(null);
    for (Frames frames : Scopes.of(List.copyOf(own), out)) {
      long having = 0;
      long differing = 0;
      for (Kind kind : own) {
        int at = place.at(kind.length());
        for (Step step : kind.steps()) {
          if (frames.matches(ByteBuffer.wrap(step.payload(0)))) {
            having++;
            differing += step.varying().get(at, at + place.width).isEmpty() ? 0 : 1;
          }
        }
      }
      long others = out.stream()
          .filter(step -> frames.matches(ByteBuffer.wrap(step.payload(0))))
          .count();
      if (having > 0) {
        findings.add(new Learned.Finding(
            Rules.NONE.ignoring(place.in(frames)), differing, having, reason(place, what), others));
      }
    }
  }

  private static String reason(Place place, String what) {
    if (what != null) {
      return " entries differ here, in " + what;
    }
    String differ = " entries that have these bytes differ in them";
    return place.width < RANDOM_FIELD || place.offset + place.width != 0
        ? differ
        : differ + "; if they are computed from the others, as a MAC is, a peer that checks them"
            + " will reject the recorded ones";
  }

  /**
   * Remarks on a value of the client that a server gave to another connection, which no rule
   * copies.
   */
  private void noteOtherConnections(Spot spot) {
    Step step = spot.kind.steps().get(0);
    if (spot.width < LONG || spot.kind.direction() != Direction.C2S || !step.isWitnessed()) {
      return;
    }
    for (Step other : Scopes.sample(steps.get(Direction.S2C), MOST_OTHERS)) {
      if (other.conversation() != step.conversation() && gives(other, step, spot)) {
        notes.add("the bytes " + spot.offset + "+" + spot.width + " of c2s entries are what the"
            + " server sent on another connection; rules cannot copy from there, so a server that"
            + " checks them will reject the recorded ones");
        return;
      }
    }
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
