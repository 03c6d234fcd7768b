package io.tracestream.compare;

/** How many entries of two recordings, A and B, are the same, and how many are not. Immutable. */
public final class DiffSummary {
  private final long same;
  private final long changed;
  private final long added;
  private final long removed;
  private final long allowedInA;
  private final long allowedInB;

  DiffSummary(long same, long changed, long added, long removed, long allowedInA, long allowedInB) {
    this.same = same;
    this.changed = changed;
    this.added = added;
    this.removed = removed;
    this.allowedInA = allowedInA;
    this.allowedInB = allowedInB;
  }

  /**
   * Pairs of entries that are equal under the rules.
   *
   * @return their number
   */
  public long same() {
    return same;
  }

  /**
   * Pairs of entries that differ.
   *
   * @return their number
   */
  public long changed() {
    return changed;
  }

  /**
   * Entries that only B has.
   *
   * @return their number
   */
  public long added() {
    return added;
  }

  /**
   * Entries that only A has.
   *
   * @return their number
   */
  public long removed() {
    return removed;
  }

  /**
   * Entries of A that were not compared because rules allow such frames at any time.
   *
   * @return their number
   */
  public long allowedInA() {
    return allowedInA;
  }

  /**
   * Entries of B that were not compared because rules allow such frames at any time.
   *
   * @return their number
   */
  public long allowedInB() {
    return allowedInB;
  }

  /**
   * Whether nothing differs.
   *
   * @return true if each compared entry has an equal one in the other recording
   */
  public boolean isSame() {
    return changed + added + removed == 0;
  }

  /**
   * The entries of A.
   *
   * @return their number
   */
  public long entriesOfA() {
    return same + changed + removed + allowedInA;
  }

  /**
   * The entries of B.
   *
   * @return their number
   */
  public long entriesOfB() {
    return same + changed + added + allowedInB;
  }

  DiffSummary plus(DiffSummary other) {
    return new DiffSummary(
        same + other.same,
        changed + other.changed,
        added + other.added,
        removed + other.removed,
        allowedInA + other.allowedInA,
        allowedInB + other.allowedInB);
  }

  /** The four counts in a line. */
  @Override
  public String toString() {
    return same + " same, " + changed + " changed, " + added + " added, " + removed + " removed";
  }
}
