package io.tracestream.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all sockets of an engine keep: partial frames, and what peers have not taken yet.
 *
 * <p>When they are more than the bound, the socket that hoards most, of all loops, is broken off,
 * and so on until there is room. A frame announced is no frame kept: only what has come counts.
 */
final class KeptMemory {
  private final List<EventLoop> loops;
  private final long bound;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicBoolean relieving = new AtomicBoolean();

  KeptMemory(List<EventLoop> loops, long bound) {
    this.loops = loops;
    this.bound = bound;
  }

  long bound() {
    return bound;
  }

  void change(long bytes) {
    kept.addAndGet(bytes);
  }

  /** Whether large frames have to wait for others to go. */
  boolean isShort() {
    return kept.get() > bound;
  }

  /**
   * Whether reads should be modest, since each peer that is slow to take what was read keeps it.
   */
  boolean isScarce() {
    return kept.get() > bound / 4;
  }

  /** Sees to it that there is room soon. */
  void relieve() {
    if (relieving.compareAndSet(false, true)) {
      Search search = new Search(loops.size());
      loops.forEach(loop -> loop.execute(() -> search.add(loop.greatestHoarder())));
    }
  }

  /** Looks for the greatest hoarder: each loop adds its own, on its own thread. */
  private final class Search {
    private int missing;
    private FrameSocket greatest;
    private double most;

    private Search(int loops) {
      missing = loops;
    }

    private synchronized void add(FrameSocket found) {
      double hoarding = found == null ? 0 : found.hoarding();
      if (hoarding > most) {
        most = hoarding;
        greatest = found;
      }
      if (--missing == 0) {
        end();
      }
    }

    private void end() {
      if (greatest == null) {
        relieving.set(false);
      } else {
        greatest.loop().execute(() -> {
          greatest.breakOff(bound);
          relieving.set(false);
          if (isShort()) {
            relieve();
          }
        });
      }
    }
  }
}
