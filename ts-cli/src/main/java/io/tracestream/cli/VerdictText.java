package io.tracestream.cli;

import io.tracestream.replay.Verdict;
import java.util.List;

/** A verdict for people: the counts in a line, and a line for each thing that they should know. */
final class VerdictText {
  private VerdictText() {}

  static String of(Verdict verdict) {
    StringBuilder text = new StringBuilder(verdict.toString());
    if (verdict.played() > 0) {
      verdict.unusedRules().forEach(rule -> line(text, "this rule never applied: " + rule));
    }
    verdict.notes().forEach(note -> line(text, "note: " + note));
    if (verdict.unusedRequests() > 0) {
      line(text, unusedRequests(verdict));
    }
    return text.toString();
  }

  private static String unusedRequests(Verdict verdict) {
    List<String> places = verdict.unusedRequestPlaces();
    long more = verdict.unusedRequests() - places.size();
    return Units.count(verdict.unusedRequests(), "recorded request was", "recorded requests were")
        + " never used: " + String.join(", ", places)
        + (more == 0 ? "" : " and " + more + " more");
  }

  private static void line(StringBuilder text, String line) {
    text.append('\n').append(VisibleText.line(line));
  }
}
