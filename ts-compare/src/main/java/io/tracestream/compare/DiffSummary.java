package io.tracestream.compare;

/** How two recordings, A and B, compare: entries counted. Immutable. */
public final class DiffSummary {
  private final long same;
  private final long changed;
  private final long added;
  private final long removed;

  DiffSummary(long same, long changed, long added, long removed) {
    this.same = same;
    this.changed = changed;
    this.added = added;
    this.removed = removed;
  }

  /**
   * Pairs that are equal under the rules.
   *
   * @return how many there are
   */
  public long same() {
    return same;
  }

  /**
   * Pairs that differ.
   *
   * @return how many there are
   */
  public long changed() {
    return changed;
  }

  /**
   * Entries that only B has.
   *
   * @return how many there are
   */
  public long added() {
    return added;
  }

  /**
   * Entries that only A has.
   *
   * @return how many there are
   */
  public long removed() {
    return removed;
  }

  /**
   * Whether nothing differs.
   *
   * @return true when all entries have an equal one
   */
  public boolean isSame() {
    return changed + added + removed == 0;
  }

  /**
   * The entries of A.
   *
   * @return how many there are
   */
  public long entriesOfA() {
    return same + changed + removed;
  }

  /**
   * The entries of B.
   *
   * @return how many there are
   */
  public long entriesOfB() {
    return same + changed + added;
  }

  DiffSummary plus(DiffSummary other) {
    return new DiffSummary(
        same + other.same, changed + other.changed, added + other.added, removed + other.removed);
  }

  /** The four counts in a line. */
  @Override
  public String toString() {
    return same + " same, " + changed + " changed, " + added + " added, " + removed + " removed";
  }
}
