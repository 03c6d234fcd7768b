package io.tracestream.compare;

/** How many entries of two recordings, A and B, are the same, and how many are not. Immutable. */
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
   * Whether nothing differs.
   *
   * @return true if each entry has an equal one in the other recording
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
    return same + changed + removed;
  }

  /**
   * The entries of B.
   *
   * @return their number
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
