package io.tracestream.compare;

import io.tracestream.rules.Rules;
import java.util.List;

/** What two recordings of the same conversation say about what varies. Immutable. */
public final class Learned {
  private final List<Finding> findings;
  private final List<Change> unexplained;
  private final DiffSummary summary;
  private final long entriesLookedAt;
  private final boolean isWhole;

  Learned(
      List<Finding> findings,
      List<Change> unexplained,
      DiffSummary summary,
      long entriesLookedAt,
      boolean isWhole) {
    this.findings = List.copyOf(findings);
    this.unexplained = List.copyOf(unexplained);
    this.summary = summary;
    this.entriesLookedAt = entriesLookedAt;
    this.isWhole = isWhole;
  }

  /** A rule, and how sure it is. */
  public static final class Finding {
    private final Rules rule;
    private final long support;
    private final long of;
    private final String reason;
    private final long others;

    Finding(Rules rule, long support, long of, String reason, long others) {
      this.rule = rule;
      this.support = support;
      this.of = of;
      this.reason = reason;
      this.others = others;
    }

    /**
     * The rule.
     *
     * @return one field that is ignored, or one copy
     */
    public Rules rule() {
      return rule;
    }

    /**
     * How many pairs of entries speak for it.
     *
     * @return at most {@link #of}
     */
    public long support() {
      return support;
    }

    /**
     * Among how many pairs they are.
     *
     * @return how many there are
     */
    public long of() {
      return of;
    }

    /**
     * What those pairs have in common.
     *
     * @return a clause in words, such as {@code entries with these bytes differ in them}
     */
    public String reason() {
      return reason;
    }

    /**
     * Entries that it makes blind.
     *
     * @return how many further entries of A have the bytes that it leaves open without a reason of
     *     theirs: frames of another kind
     */
    public long others() {
      return others;
    }
  }

  /**
   * The rules one by one.
   *
   * @return a rule each, with its reason
   */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * What still differs under the rules.
   *
   * @return the first places, at most 100
   */
  public List<Change> unexplained() {
    return unexplained;
  }

  /**
   * How many entries are the same under the rules, and how many are not.
   *
   * @return of all entries of both recordings
   */
  public DiffSummary summary() {
    return summary;
  }

  /**
   * How many entries of A the rules come from.
   *
   * @return at most 100 000
   */
  public long entriesLookedAt() {
    return entriesLookedAt;
  }

  /**
   * Whether the rules come from all of both recordings, rather than from what memory allows.
   *
   * @return whether they do
   */
  public boolean isWhole() {
    return isWhole;
  }

  /**
   * All rules.
   *
   * @return the rules; none when nothing differs
   */
  public Rules rules() {
    return findings.stream().map(Finding::rule).reduce(Rules.NONE, Rules::plus);
  }
}
