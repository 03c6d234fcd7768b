package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place where two recordings, A and B, differ. Immutable. */
public final class Change {
  private final Direction direction;
  private final @Nullable Side a;
  private final @Nullable Side b;
  private final List<Range> differing;
  private final List<Range> open;
  private final long entryOfA;

  /** A change of an entry of A. */
  Change(Direction direction, Side a, @Nullable Side b, List<Range> differing, List<Range> open) {
    this(direction, a, b, differing, open, a.entry());
  }

  private Change(
      Direction direction,
      @Nullable Side a,
      @Nullable Side b,
      List<Range> differing,
      List<Range> open,
      long entryOfA) {
    this.entryOfA = entryOfA;
    this.direction = direction;
    this.a = a;
    this.b = b;
    this.differing = differing;
    this.open = open;
  }

  /** An entry that only B has, after that one of A. */
  static Change added(Direction direction, Side b, long entryOfA) {
    return new Change(direction, null, b, List.of(), List.of(), entryOfA);
  }

  /** What happened to the entry of A. */
  public enum Kind {
    /** It differs in B. */
    CHANGED,
    /** B has an entry that A does not have. */
    ADDED,
    /** B does not have it. */
    REMOVED
  }

  /** An entry of one of the recordings. */
  public static final class Side {
    private final long entry;
    private final long line;
    private final byte[] payload;

    Side(long entry, long line, byte[] payload) {
      this.entry = entry;
      this.line = line;
      this.payload = payload;
    }

    /**
     * The entry's number.
     *
     * @return from 1, both directions counted
     */
    public long entry() {
      return entry;
    }

    /**
     * The entry's line in the recording.
     *
     * @return from 1
     */
    public long line() {
      return line;
    }

    /**
     * The entry's payload.
     *
     * @return the payload, not a copy: do not change it
     */
    public byte[] payload() {
      return payload;
    }
  }

  /**
   * A run of bytes in a payload.
   *
   * @param offset the offset of the first byte, from 0
   * @param length how many bytes, 1 or more
   */
  public record Range(int offset, int length) {
    /** The bytes that are set, as ranges. */
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
   * Which way the frames went.
   *
   * @return the direction
   */
  public Direction direction() {
    return direction;
  }

  /**
   * The entry of A.
   *
   * @return the entry; null if it was added in B
   */
  public @Nullable Side a() {
    return a;
  }

  /**
   * The entry of B.
   *
   * @return the entry; null if B does not have it
   */
  public @Nullable Side b() {
    return b;
  }

  /**
   * Where in A the change is.
   *
   * @return the number of the entry of A; of one that was added, the number of the last entry of A
   *     before it in the same direction, 0 if there is none
   */
  public long entryOfA() {
    return entryOfA;
  }

  /**
   * The bytes that differ.
   *
   * @return in order; empty if only one recording has the entry, and never empty otherwise
   */
  public List<Range> differing() {
    return differing;
  }

  /**
   * The bytes of A's entry that rules leave open.
   *
   * @return in order; if both recordings have the entry, only bytes that are in both
   */
  public List<Range> open() {
    return open;
  }

  /**
   * Whether the entry was changed, added or removed.
   *
   * @return which of them
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
