package io.tracestream.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all sockets of an engine keep: partial frames, and what peers have not taken yet.
 *
 * <p>When they are more than the bound, who keeps a part of a frame has to wait, and those that
 * have let theirs lie for a second are broken off, of all loops, the greatest first, until there is
 * room. Of those that wait for memory one at a time is let through, so that they all go on even
 * where nobody hoards. A frame announced is no frame kept: only what has come counts.
 */
final class KeptMemory {
  private static final int MODEST = 64 * 1024;
  private static final int FEW = 4 * 1024;

  private final List<EventLoop> loops;
  private final long bound;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicBoolean relieving = new AtomicBoolean();
  /** Null when nobody is let through. */
  private volatile FrameSocket letThrough;

  KeptMemory(List<EventLoop> loops, long bound) {
    this.loops = loops;
    this.bound = bound;
  }

  void change(long bytes) {
    kept.addAndGet(bytes);
  }

  /** Whether who keeps a part of a frame has to wait for others to go. */
  boolean isShort() {
    return kept.get() > bound;
  }

  /** How much one read should take, since each peer that is slow to take what was read keeps it. */
  int readSize() {
    long now = kept.get();
    return now > bound ? FEW : now > bound / 4 ? MODEST : BufferPool.LARGEST;
  }

  /** Sees to it that there is room soon. */
  void relieve() {
    if (relieving.compareAndSet(false, true)) {
      Search search = new Search();
      loops.forEach(loop -> loop.execute(() -> search.add(loop.sockets())));
    }
  }

  /** Whether that socket may go on though memory is short: one frame at a time is let through. */
  boolean isLetThrough(FrameSocket socket) {
    return letThrough == socket;
  }

  /** The frame of that socket is whole, or will never be. */
  void done(FrameSocket socket) {
    if (letThrough == socket) {
      letThrough = null;
    }
  }

  /** What a socket keeps, as its loop saw it. */
  private record Hoard(FrameSocket socket, long bytes, double weight) {}

  /** Looks for hoarders, and for who could go on: each loop adds its own, on its own thread. */
  private final class Search {
    private final List<Hoard> hoards = new ArrayList<>();
    /** Of those that wait for memory the one whose frame misses least. */
    private FrameSocket next;

    private long nextMisses = Long.MAX_VALUE;
    private int loopsToCome = loops.size();

    private synchronized void add(List<FrameSocket> sockets) {
      try {
        for (FrameSocket socket : sockets) {
          if (socket.isHoarding()) {
            hoards.add(new Hoard(socket, socket.kept(), socket.hoarding()));
          }
          long misses =
              socket.isStarved() ? socket.partialOf() - socket.partialBytes() : nextMisses;
          if (misses < nextMisses) {
            next = socket;
            nextMisses = misses;
          }
        }
      } finally {
        if (--loopsToCome == 0) {
          end();
          relieving.set(false);
        }
      }
    }

    /** Breaks off as many as it takes to have room for others, and lets one through meanwhile. */
    private void end() {
      hoards.sort(Comparator.comparingDouble(Hoard::weight).reversed());
      long excess = kept.get() - bound * 3 / 4; // a little room, lest all wait for each
      for (Hoard hoard : hoards) {
        if (excess <= 0) {
          break;
        }
        excess -= hoard.bytes;
        hoard.socket.loop().execute(() -> hoard.socket.breakOff(bound));
      }
      if (letThrough == null) {
        letThrough = next;
      }
    }
  }
}
