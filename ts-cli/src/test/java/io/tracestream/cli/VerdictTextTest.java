package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.replay.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTextTest {
  @Test
  void itNamesWhatPeopleShouldKnow() {
    Verdict verdict = Results.verdict(List.of(Results.matched(1)))
        .withUnusedRules(List.of("ignore c2s:4+2", "allow s2c[len=0]"))
        .withNotes(List.of("a.rec: the last line has no line end\n; it may have been cut off"))
        .withUnusedRequests(3, List.of("a.rec:2", "a.rec:4"), false);
    assertEquals(verdict + """

        this rule never applied: ignore c2s:4+2
        this rule never applied: allow s2c[len=0]
        note: a.rec: the last line has no line end\\n; it may have been cut off
        3 recorded requests were never used: a.rec:2, a.rec:4 and 1 more""", VerdictText.of(verdict));
  }

  @Test
  void whereNobodyCameNoRuleCouldApply() {
    Verdict verdict = Verdict.NONE.withUnusedRules(List.of("ignore c2s:4+2"));
    assertEquals(verdict.toString(), VerdictText.of(verdict));
  }
}
