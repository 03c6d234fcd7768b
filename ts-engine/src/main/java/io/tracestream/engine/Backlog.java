package io.tracestream.engine;

/**
 * Estimates for how long a peer is still busy reading what the kernel has already taken for it.
 * There is no way to ask how many bytes the two kernels hold. But once they are full, they take
 * bytes only as fast as the peer reads them, which gives its speed; and they hold no more than they
 * took before they were full.
 *
 * <p>For one thread. All times are those of {@link System#nanoTime}.
 */
final class Backlog {
  /** Linux holds at most 4 MiB here and 6 MiB at the peer, unless someone has tuned it. */
  private static final long MOST_HELD = 16 * 1024 * 1024;
  /** A peer that reads more slowly than this estimate allows is taken for one that has stopped. */
  private static final long MOST_NANOS = 30_000_000_000L;

  private boolean full;
  /** Whether they were full once, since when, and how many bytes they have taken since then. */
  private boolean filled;

  private long filledAt;
  private long takenSince;
  /** Bytes they took before that. */
  private long held;

  private long lastTaken;

  /**
   * The kernel was asked to take everything that is waiting.
   *
   * @param bytes how many bytes it took, 0 or more
   * @param isFull whether it left some
   */
  void written(long bytes, boolean isFull, long now) {
    if (filled && !full && bytes > 0 && now - readUntil() > 0) {
      filled = false; // by now it has read everything
      held = 0;
      takenSince = 0;
    }
    if (filled) {
      takenSince += bytes;
    } else {
      held += bytes;
    }
    if (isFull && !filled) {
      filled = true;
      filledAt = now;
    }
    full = isFull;
    lastTaken = bytes > 0 ? now : lastTaken;
  }

  /**
   * When the peer will have read everything, as far as can be said; only once something was taken.
   */
  long readUntil() {
    if (takenSince == 0) {
      return lastTaken;
    }
    double nanosPerByte = (double) (lastTaken - filledAt) / takenSince;
    return lastTaken + (long) Math.min(nanosPerByte * Math.min(held, MOST_HELD), MOST_NANOS);
  }
}
