package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A place where two recordings, A and B, differ.
 *
 * @param direction which way the frames went
 * @param a the entry of A; null when it was added in B
 * @param b the entry of B; null when it was removed from A
 * @param differing the bytes that differ, in order; empty unless there are two entries
 * @param open the bytes of A's entry that rules leave open, in order; of two entries, as far as
 *     both have them
 */
public record Change(Direction direction, Side a, Side b, List<Range> differing, List<Range> open) {

  /** What became of A's entry in B. */
  public enum Kind {
    /** It is another one there. */
    CHANGED,
    /** B has one that A has not. */
    ADDED,
    /** B has none. */
    REMOVED
  }

  /**
   * One recording's side of it.
   *
   * @param entry the entry's number, from 1, both directions counted
   * @param line its line in the recording, from 1
   * @param payload its payload, not copied: leave it as it is
   */
  public record Side(long entry, long line, byte[] payload) {}

  /**
   * Some bytes of a payload.
   *
   * @param offset the first one, from 0
   * @param length how many, 1 or more
   */
  public record Range(int offset, int length) {
    /** The bytes that are set, joined to ranges. */
    static List<Range> of(BitSet bytes) {
      List<Range> ranges = new ArrayList<>();
      for (int from = bytes.nextSetBit(0); from >= 0; ) {
        int to = bytes.nextClearBit(from);
        ranges.add(new Range(from, to - from));
        from = bytes.nextSetBit(to);
      }
      return List.copyOf(ranges);
    }

    boolean has(int at) {
      return at >= offset && at < offset + length;
    }
  }

  /**
   * Which of the three it is.
   *
   * @return the kind
   */
  public Kind kind() {
    return a == null ? Kind.ADDED : b == null ? Kind.REMOVED : Kind.CHANGED;
  }

  /**
   * Whether a byte is compared.
   *
   * @param at its offset in the payload of A
   * @return false when rules leave it open
   */
  public boolean isCompared(int at) {
    return open.stream().noneMatch(range -> range.has(at));
  }
}
