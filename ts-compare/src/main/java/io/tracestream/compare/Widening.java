package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.List;
import java.util.stream.Stream;

/**
 * Widens a field over bytes that belong to it and happened not to differ: high-order bytes of
 * numbers and times, digits among others. Only over bytes that are the same in all pairs that
 * differ in the field: what else varies there, such as an operation's code, is something of its
 * own.
 */
final class Widening {
  /** A longer run of digits is likely to be several fields. */
  private static final int MOST_DIGITS = 10;

  /** Among further digits, a number has so many, or a multiple of it, where zeros lead it. */
  private static final int NUMBER_DIGITS = 6;

  /** The last digits of two counters that may be equal all the time. */
  private static final int MOST_EQUAL_DIGITS = 3;

  Varying widen(Varying varying) {
    Field field = varying.field();
    List<Pair> pairs = varying.pairs();
    return Stream.of(
            counter(field, pairs),
            isDigits(field, pairs) ? digits(field, pairs) : time(field, pairs),
            isDigits(field, pairs) ? null : number(field, pairs))
        .filter(wide -> wide != null && !wide.equals(field))
        .filter(wide -> isOneField(field, wide, pairs) || Counters.areIn(wide, pairs))
        .findFirst()
        .map(wide -> new Varying(wide, pairs))
        .orElse(varying);
  }

  /**
   * Two counters may run with a distance that leaves their last digits, or bytes, equal: these
   * belong to the field when only with them it counts.
   */
  private static Field counter(Field field, List<Pair> pairs) {
    for (int more = 1; more <= MOST_EQUAL_DIGITS; more++) {
      Field wide = Fields.widened(field, 0, more);
      if (wide != null && Counters.areIn(wide, pairs) && !Counters.areIn(field, pairs)) {
        return isDigits(wide, pairs) ? digits(wide, pairs) : number(wide, pairs);
      }
    }
    return null;
  }

  /**
   * Whether all pairs have the wide field, and each byte of it outside of the narrow one differs in
   * most of them, or holds the same in all that it does not differ in.
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
    return TextBytes.all(field, pairs, TextBytes::isDigits);
  }

  private static Field digits(Field field, List<Pair> pairs) {
    Field token = token(field, pairs, TextBytes::isDigits);
    if (token.length() <= MOST_DIGITS && isOneField(field, token, pairs)) {
      return token;
    }
    Field zeros = field;
    for (Field wide = Fields.widened(zeros, 1, 0);
        wide != null
            && zeros.length() % NUMBER_DIGITS != 0
            && TextBytes.all(first(wide), pairs, TextBytes::isZeros);
        wide = Fields.widened(zeros, 1, 0)) {
      zeros = wide;
    }
    return zeros;
  }

  private static Field first(Field field) {
    return Fields.of(field, field.offset(), field.offset() + 1);
  }

  /** The widest field around it whose bytes are all of a kind. */
  private static Field token(Field field, List<Pair> pairs, TextBytes.Kind kind) {
    Field token = field;
    for (Field wide = Fields.widened(token, 1, 0);
        wide != null && TextBytes.all(first(wide), pairs, kind);
        wide = Fields.widened(token, 1, 0)) {
      token = wide;
    }
    for (Field wide = Fields.widened(token, 0, 1);
        wide != null && TextBytes.all(Fields.without(wide, token).get(0), pairs, kind);
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
      if (big != null && Times.areIn(big, pairs, true)) {
        return big;
      }
      Field little = Fields.widened(field, 0, more);
      if (little != null && Times.areIn(little, pairs, false)) {
        return little;
      }
    }
    return null;
  }

  /** Numbers have a width of 2, 4 or 8 bytes, and their high-order bytes change last. */
  private static Field number(Field field, List<Pair> pairs) {
    int width = field.length();
    int natural = width == 3 ? 4 : width > 4 && width < 8 ? 8 : width;
    return Fields.widened(field, natural - width, 0);
  }
}
