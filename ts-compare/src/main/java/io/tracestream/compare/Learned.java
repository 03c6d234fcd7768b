package io.tracestream.compare;

import io.tracestream.rules.Rules;
import java.util.List;

/**
 * What two recordings of the same conversation say about what varies.
 *
 * @param findings a rule each, with its reason
 * @param unexplained the first places that still differ under the rules, at most 100
 * @param summary how many entries are the same under the rules, and how many are not
 * @param entriesLookedAt how many entries of A the rules come from
 * @param isWhole whether that is all of both recordings, rather than what memory allows
 */
public record Learned(
    List<Finding> findings,
    List<Change> unexplained,
    DiffSummary summary,
    long entriesLookedAt,
    boolean isWhole) {

  /**
   * Copies the lists.
   *
   * @param findings a rule each, with its reason
   * @param unexplained the first places that still differ
   * @param summary how many entries are the same
   * @param entriesLookedAt how many entries of A the rules come from
   * @param isWhole whether that is all
   */
  public Learned {
    findings = List.copyOf(findings);
    unexplained = List.copyOf(unexplained);
  }

  /**
   * A rule, and how sure it is.
   *
   * @param rule one field that is ignored, or one copy
   * @param support how many pairs of entries speak for it
   * @param of among how many
   * @param reason what they have in common, in words
   * @param others how many further entries of A have the bytes that it leaves open, without a
   *     reason of theirs: frames of another kind, which it makes blind there
   */
  public record Finding(Rules rule, long support, long of, String reason, long others) {}

  /**
   * All rules.
   *
   * @return the rules, none when nothing differs
   */
  public Rules rules() {
    return findings.stream().map(Finding::rule).reduce(Rules.NONE, Rules::plus);
  }
}
