package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds the fewest fields that cover all differing bytes of pairs. Each counts from the payload's
 * beginning or from its end, depending on which more pairs agree on. For one thread.
 */
final class FieldFinder {
  /** How many fields are compared with each other; beyond that, only equal ones agree. */
  private static final int MOST = 1000;

  private final Evidence evidence;
  /** The fields that differ, counted from the beginning and from the end, and by how many pairs. */
  private final Map<Field, Integer> fromFront = new LinkedHashMap<>();

  private final Map<Field, Integer> fromBack = new LinkedHashMap<>();

  private FieldFinder(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<VaryingField> find(Evidence evidence) {
    return new FieldFinder(evidence).find(FrameKind.of(evidence.pairs()));
  }

  private List<VaryingField> find(List<FrameKind> kinds) {
    for (FrameKind kind : kinds) {
      for (Change.Range run : kind.runs()) {
        fromFront.merge(front(run), kind.pairs().size(), Integer::sum);
        fromBack.merge(back(run, kind), kind.pairs().size(), Integer::sum);
      }
    }
    Map<Field, List<Pair>> chosen = new LinkedHashMap<>();
    for (FrameKind kind : kinds) {
      for (Change.Range run : kind.runs()) {
        Field field = isFront(run, kind) ? front(run) : back(run, kind);
        chosen.computeIfAbsent(field, key -> new ArrayList<>()).addAll(kind.pairs());
      }
    }
    List<VaryingField> fields = new ArrayList<>();
    chosen.forEach((field, pairs) -> fields.add(VaryingField.of(field, pairs)));
    return merged(merged(fields).stream().map(Widening::widen).toList());
  }

  private Field front(Change.Range run) {
    return Field.of(evidence.direction(), run.offset(), run.length());
  }

  private Field back(Change.Range run, FrameKind kind) {
    return Field.of(evidence.direction(), run.offset() - kind.length(), run.length());
  }

  private boolean isFront(Change.Range run, FrameKind kind) {
    Field front = front(run);
    Field back = back(run, kind);
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
   * Whether the narrow field is probably the wide one, with some bytes equal by chance or
   * high-order bytes that did not change.
   */
  private static boolean isOne(Field wide, Field narrow) {
    boolean isNumber = Fields.end(wide) == Fields.end(narrow) && wide.length() <= 8;
    return Fields.contains(wide, narrow)
        && (isNumber || wide.length() <= 4 || narrow.length() * 2 > wide.length());
  }

  private static List<VaryingField> merged(List<VaryingField> fields) {
    List<VaryingField> merged = new ArrayList<>();
    List<VaryingField> widestFirst = fields.stream()
        .sorted(Comparator.comparing((VaryingField varying) -> -varying.field().length()))
        .toList();
    for (VaryingField varying : widestFirst) {
      int wide = 0;
      while (wide < merged.size() && !isOne(merged.get(wide).field(), varying.field())) {
        wide++;
      }
      if (wide == merged.size()) {
        merged.add(varying);
      } else {
        List<Pair> pairs = new ArrayList<>(merged.get(wide).pairs());
        varying.pairs().stream().filter(pair -> !pairs.contains(pair)).forEach(pairs::add);
        merged.set(wide, VaryingField.of(merged.get(wide).field(), pairs));
      }
    }
    return merged.stream()
        .sorted(Comparator.comparing((VaryingField varying) -> varying.field().offset() < 0)
            .thenComparing(varying -> varying.field().offset()))
        .toList();
  }

  /**
   * Widens a field over bytes that belong to it but happened not to differ: high-order bytes of
   * numbers and times, or digits beside others. The added bytes must be the same in all pairs that
   * differ in the field: something else that varies there, such as an operation code, does not
   * belong to it.
   */
  private static final class Widening {
    /** A longer run of digits is probably several fields. */
    private static final int MOST_DIGITS = 10;

    /**
     * The width of a number with leading zeros is a multiple of this, if it is beside other digits.
     */
    private static final int NUMBER_DIGITS = 6;

    /** How many of the last digits of two counters may always be equal. */
    private static final int MOST_EQUAL_DIGITS = 3;

    static VaryingField widen(VaryingField varying) {
      Field field = varying.field();
      List<Pair> pairs = varying.pairs();
      return Stream.of(
              counter(field, pairs),
              isDigits(field, pairs) ? digits(field, pairs) : time(field, pairs),
              isDigits(field, pairs) ? null : number(field, pairs))
          .filter(wide -> wide != null && !wide.equals(field))
          .filter(wide -> isOneField(field, wide, pairs) || Numbers.countUp(wide, pairs))
          .findFirst()
          .map(wide -> new VaryingField(wide, pairs))
          .orElse(varying);
    }

    /**
     * Two counters may always be a distance apart that leaves their last digits, or bytes, equal.
     * These belong to the field if it counts up only with them.
     */
    private static Field counter(Field field, List<Pair> pairs) {
      for (int more = 1; more <= MOST_EQUAL_DIGITS; more++) {
        Field wide = Fields.widened(field, 0, more);
        if (wide != null && Numbers.countUp(wide, pairs) && !Numbers.countUp(field, pairs)) {
          return isDigits(wide, pairs) ? digits(wide, pairs) : number(wide, pairs);
        }
      }
      return null;
    }

    /**
     * Whether all pairs have the wide field, and each of its bytes outside the narrow one either
     * differs in most pairs or is the same in all pairs in which it does not differ.
     */
    private static boolean isOneField(Field narrow, Field wide, List<Pair> pairs) {
      if (!pairs.stream().allMatch(pair -> pair.has(wide))) {
        return false;
      }
      for (Field rest : Fields.without(wide, narrow)) {
        for (int at = rest.offset(); at < Fields.end(rest); at++) {
          Field one = Fields.of(rest, at, at + 1);
          List<Pair> equal = pairs.stream().filter(pair -> !pair.differsIn(one)).toList();
          long values = equal.stream()
              .map(pair -> Bytes.of(one, pair.payloadOfA()))
              .distinct()
              .count();
          if (values > 1 && equal.size() * 2 >= pairs.size()) {
            return false;
          }
        }
      }
      return true;
    }

    private static boolean isDigits(Field field, List<Pair> pairs) {
      return Bytes.all(field, pairs, Bytes::isDigits);
    }

    private static Field digits(Field field, List<Pair> pairs) {
      Field token = token(field, pairs, Bytes::isDigits);
      if (token.length() <= MOST_DIGITS && isOneField(field, token, pairs)) {
        return token;
      }
      Field zeros = field;
      for (Field wide = Fields.widened(zeros, 1, 0);
          wide != null
              && zeros.length() % NUMBER_DIGITS != 0
              && Bytes.all(first(wide), pairs, Bytes::isZeros);
          wide = Fields.widened(zeros, 1, 0)) {
        zeros = wide;
      }
      return zeros;
    }

    private static Field first(Field field) {
      return Fields.of(field, field.offset(), field.offset() + 1);
    }

    /** The widest field around it whose bytes are all of that kind. */
    private static Field token(Field field, List<Pair> pairs, Bytes.Kind kind) {
      Field token = field;
      for (Field wide = Fields.widened(token, 1, 0);
          wide != null && Bytes.all(first(wide), pairs, kind);
          wide = Fields.widened(token, 1, 0)) {
        token = wide;
      }
      for (Field wide = Fields.widened(token, 0, 1);
          wide != null && Bytes.all(Fields.without(wide, token).get(0), pairs, kind);
          wide = Fields.widened(token, 0, 1)) {
        token = wide;
      }
      return token;
    }

    private static Field time(Field field, List<Pair> pairs) {
      for (int width : new int[] {8, 4}) {
        int more = width - field.length();
        if (more < 0) {
          continue;
        }
        Field big = Fields.widened(field, more, 0);
        if (big != null && Numbers.areTimes(big, pairs, true)) {
          return big;
        }
        Field little = Fields.widened(field, 0, more);
        if (little != null && Numbers.areTimes(little, pairs, false)) {
          return little;
        }
      }
      return null;
    }

    /** Numbers are 2, 4 or 8 bytes wide, and their high-order bytes change last. */
    private static Field number(Field field, List<Pair> pairs) {
      int width = field.length();
      int natural = width == 3 ? 4 : width > 4 && width < 8 ? 8 : width;
      return Fields.widened(field, natural - width, 0);
    }
  }
}
