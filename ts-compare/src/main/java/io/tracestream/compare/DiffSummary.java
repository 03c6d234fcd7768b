package io.tracestream.compare;

/**
 * How two recordings, A and B, compare: entries counted.
 *
 * @param same pairs that are equal under the rules
 * @param changed pairs that differ
 * @param added entries that only B has
 * @param removed entries that only A has
 */
public record DiffSummary(long same, long changed, long added, long removed) {

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
}
