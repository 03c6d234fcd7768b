package io.tracestream.compare;

import io.tracestream.rules.Rules;
import java.util.List;

/** What recordings of the same conversation show about what varies. Immutable. */
public final class Learned {
  private final List<Finding> findings;
  private final List<Unexplained> unexplained;
  private final DiffSummary summary;
  private final long entriesLookedAt;
  private final boolean isWhole;
  private final boolean isComplete;
  private final boolean isCompared;
  private final long bytes;
  private final long openBytes;
  private final List<String> notes;

  Learned(
      List<Finding> findings,
      List<Unexplained> unexplained,
      DiffSummary summary,
      long entriesLookedAt,
      boolean isWhole,
      boolean isComplete,
      boolean isCompared,
      long bytes,
      long openBytes,
      List<String> notes) {
    this.findings = List.copyOf(findings);
    this.bytes = bytes;
    this.openBytes = openBytes;
    this.notes = List.copyOf(notes);
    this.unexplained = List.copyOf(unexplained);
    this.summary = summary;
    this.entriesLookedAt = entriesLookedAt;
    this.isWhole = isWhole;
    this.isComplete = isComplete;
    this.isCompared = isCompared;
  }

  /** A difference that no rule explains. */
  public static final class Unexplained {
    private final String a;
    private final String b;
    private final Change change;

    Unexplained(String a, String b, Change change) {
      this.a = a;
      this.b = b;
      this.change = change;
    }

    /**
     * The name of the first recording.
     *
     * @return the name
     */
    public String a() {
      return a;
    }

    /**
     * The name of the recording that it was compared with.
     *
     * @return the name
     */
    public String b() {
      return b;
    }

    /**
     * What differs.
     *
     * @return the change from the first recording to the other one
     */
    public Change change() {
      return change;
    }
  }

  /** A rule, and how well it is supported. */
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
     * How many pairs of entries support it.
     *
     * @return at most {@link #of}
     */
    public long support() {
      return support;
    }

    /**
     * How many pairs of entries it could apply to.
     *
     * @return the number of pairs
     */
    public long of() {
      return of;
    }

    /**
     * What the pairs that support it have in common.
     *
     * @return a clause in words, such as {@code entries that have these bytes differ in them}
     */
    public String reason() {
      return reason;
    }

    /**
     * How many entries it leaves open without need: frames of another kind, in which these bytes
     * did not vary.
     *
     * @return the number of such entries of A
     */
    public long others() {
      return others;
    }
  }

  /**
   * The rules one by one.
   *
   * @return each rule with its reason
   */
  public List<Finding> findings() {
    return findings;
  }

  /**
   * What still differs under the rules.
   *
   * @return the first 100 changes at most
   */
  public List<Unexplained> unexplained() {
    return unexplained;
  }

  /**
   * How many entries are the same under the rules, and how many are not.
   *
   * @return the counts for all entries of the recordings, or for those that were compared
   */
  public DiffSummary summary() {
    return summary;
  }

  /**
   * Whether nothing differs under the rules: all entries are the same, and each connection has a
   * partner in every other run.
   *
   * @return true if nothing is left to explain
   */
  public boolean explainsAll() {
    return isComplete && summary.isSame();
  }

  /**
   * How many entries of A the rules were learned from.
   *
   * @return at most 10 000
   */
  public long entriesLookedAt() {
    return entriesLookedAt;
  }

  /**
   * Whether the rules were learned from all entries of both recordings.
   *
   * @return false if memory allowed only a part
   */
  public boolean isWhole() {
    return isWhole;
  }

  /**
   * Whether all entries were compared under the rules.
   *
   * @return false if the comparison ended at the 1000th difference
   */
  public boolean isCompared() {
    return isCompared;
  }

  /**
   * How many payload bytes the entries of A have that the rules were learned from.
   *
   * @return a number of bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * How many of these bytes the rules leave open: a live frame may have any other byte there.
   *
   * @return at most {@link #bytes}
   */
  public long openBytes() {
    return openBytes;
  }

  /**
   * What a reader of the rules should know besides the reason for each.
   *
   * @return a sentence each; there may be none
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * All rules.
   *
   * @return the rules; {@link Rules#NONE} if nothing differs
   */
  public Rules rules() {
    return findings.stream().map(Finding::rule).reduce(Rules.NONE, Rules::plus);
  }
}
