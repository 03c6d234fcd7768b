package io.tracestream.compare;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds texts around differing bytes that vary as a whole: UUIDs, times, numbers, tokens. */
final class TextShapes {
  /** No shape is longer than this; a longer token counts as several. */
  private static final int LONGEST = 64;

  private static final String BEGIN = "(?<![0-9A-Za-z])";
  private static final String END = "(?![0-9A-Za-z])";

  private static final List<Pattern> DATES = List.of(
      Pattern.compile(BEGIN + "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d([.,]\\d{1,9})?"),
      Pattern.compile("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d"));
  /** If a part of these differs, all of it may. */
  private static final List<Pattern> WHOLE = List.of(
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
      DATES.get(0),
      DATES.get(1),
      Pattern.compile(BEGIN + "\\d{1,20}" + END));
  /** Words look the same, but most characters of an id differ. */
  private static final List<Pattern> TOKENS = List.of(
      Pattern.compile(BEGIN + "[0-9A-Za-z+/_-]{8,64}={0,2}(?![0-9A-Za-z+/_-])"),
      Pattern.compile(BEGIN + "[0-9A-Za-z]{8,64}" + END));

  private final List<Pair> pairs;
  private final BitSet differing;

  /** Shapes in pairs of the same length that differ in those bytes. */
  TextShapes(List<Pair> pairs, BitSet differing) {
    this.pairs = pairs;
    this.differing = differing;
  }

  /** Whether a text is a date and a time. */
  static boolean isDate(String text) {
    return DATES.stream().anyMatch(date -> date.matcher(text).matches());
  }

  /** The shape that contains the run in both payloads of all pairs; null if there is none. */
  Change.Range around(Change.Range run) {
    for (Pattern pattern : WHOLE) {
      Change.Range found = find(pattern, run);
      if (found != null) {
        return found;
      }
    }
    for (Pattern pattern : TOKENS) {
      Change.Range found = find(pattern, run);
      if (found != null && mostDiffers(found)) {
        return found;
      }
    }
    return null;
  }

  private boolean mostDiffers(Change.Range range) {
    int end = range.offset() + range.length();
    return differing.get(range.offset(), end).cardinality() * 2 > range.length();
  }

  private Change.Range find(Pattern pattern, Change.Range run) {
    Change.Range found = null;
    for (Pair pair : pairs) {
      Change.Range inA = find(pattern, run, pair.payloadOfA());
      if (inA == null
          || found != null && !found.equals(inA)
          || !inA.equals(find(pattern, run, pair.payloadOfB()))) {
        return null;
      }
      found = inA;
    }
    return found;
  }

  private static Change.Range find(Pattern pattern, Change.Range run, byte[] payload) {
    int runEnd = run.offset() + run.length();
    int from = Math.max(0, run.offset() - LONGEST - 1);
    int to = Math.min(payload.length, runEnd + LONGEST + 1);
    if (run.length() > LONGEST + 2) {
      return null;
    }
    Matcher matcher =
        pattern.matcher(new String(payload, from, to - from, StandardCharsets.ISO_8859_1));
    while (matcher.find() && from + matcher.start() <= run.offset()) {
      if (from + matcher.end() >= runEnd) {
        return new Change.Range(from + matcher.start(), matcher.end() - matcher.start());
      }
    }
    return null;
  }
}
