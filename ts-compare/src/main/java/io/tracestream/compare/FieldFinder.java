package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the fewest fields that hold all differing bytes of pairs: each counted from the payload's
 * beginning or from its end, whichever more pairs agree on. For one thread.
 */
final class FieldFinder {
  /** Fields that are compared with each other; with more, only equal ones agree. */
  private static final int MOST = 1000;

  private final Evidence evidence;
  /** What differs, counted from the beginning and from the end, and how many pairs say so. */
  private final Map<Field, Integer> fromFront = new LinkedHashMap<>();

  private final Map<Field, Integer> fromBack = new LinkedHashMap<>();

  private FieldFinder(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Varying> find(Evidence evidence) {
    return new FieldFinder(evidence).find(Cluster.of(evidence.pairs()));
  }

  private List<Varying> find(List<Cluster> clusters) {
    for (Cluster cluster : clusters) {
      for (Change.Range run : cluster.runs()) {
        fromFront.merge(front(run), cluster.pairs().size(), Integer::sum);
        fromBack.merge(back(run, cluster), cluster.pairs().size(), Integer::sum);
      }
    }
    Map<Field, List<Pair>> chosen = new LinkedHashMap<>();
    for (Cluster cluster : clusters) {
      for (Change.Range run : cluster.runs()) {
        Field field = isFront(run, cluster) ? front(run) : back(run, cluster);
        chosen.computeIfAbsent(field, key -> new ArrayList<>()).addAll(cluster.pairs());
      }
    }
    List<Varying> fields = new ArrayList<>();
    chosen.forEach((field, pairs) -> fields.add(Varying.of(field, pairs)));
    Widening widening = new Widening();
    return merged(merged(fields).stream().map(widening::widen).toList());
  }

  private Field front(Change.Range run) {
    return Field.of(evidence.direction(), run.offset(), run.length());
  }

  private Field back(Change.Range run, Cluster cluster) {
    return Field.of(evidence.direction(), run.offset() - cluster.length(), run.length());
  }

  private boolean isFront(Change.Range run, Cluster cluster) {
    Field front = front(run);
    Field back = back(run, cluster);
    long agreeFront = agreeing(front, fromFront);
    long agreeBack = agreeing(back, fromBack);
    return agreeFront == agreeBack
        ? evidence.blinded(front) <= evidence.blinded(back)
        : agreeFront > agreeBack;
  }

  private static long agreeing(Field field, Map<Field, Integer> all) {
    if (all.size() > MOST) {
      return all.get(field);
    }
    return all.entrySet().stream()
        .filter(other -> isOne(field, other.getKey()) || isOne(other.getKey(), field))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * Whether the narrow one is likely to be the wide one with some bytes equal by chance, or with
   * high-order bytes that did not change.
   */
  private static boolean isOne(Field wide, Field narrow) {
    boolean isNumber = Fields.end(wide) == Fields.end(narrow) && wide.length() <= 8;
    return Fields.contains(wide, narrow)
        && (isNumber || wide.length() <= 4 || narrow.length() * 2 > wide.length());
  }

  private static List<Varying> merged(List<Varying> fields) {
    List<Varying> merged = new ArrayList<>();
    List<Varying> widestFirst = fields.stream()
        .sorted(Comparator.comparing((Varying varying) -> -varying.field().length()))
        .toList();
    for (Varying varying : widestFirst) {
      int wide = 0;
      while (wide < merged.size() && !isOne(merged.get(wide).field(), varying.field())) {
        wide++;
      }
      if (wide == merged.size()) {
        merged.add(varying);
      } else {
        List<Pair> pairs = new ArrayList<>(merged.get(wide).pairs());
        varying.pairs().stream().filter(pair -> !pairs.contains(pair)).forEach(pairs::add);
        merged.set(wide, Varying.of(merged.get(wide).field(), pairs));
      }
    }
    return merged.stream()
        .sorted(Comparator.comparing((Varying varying) -> varying.field().offset() < 0)
            .thenComparing(varying -> varying.field().offset()))
        .toList();
  }
}
