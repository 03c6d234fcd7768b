package io.tracestream.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that all sockets of an engine hold: partial frames, and frames that peers have
 * not taken yet.
 *
 * <p>Above the bound, sockets with a partial frame have to wait, and those that have made no
 * progress for a second are closed, the largest of all loops first, until there is room. One of
 * those that wait is let through at a time, so that all of them make progress even if nobody hoards
 * memory. Only bytes that have come count, not those that a header announces.
 */
final class KeptMemory {
  private static final int MODEST = 64 * 1024;
  private static final int FEW = 4 * 1024;

  private final List<EventLoop> loops;
  private final long bound;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicBoolean relieving = new AtomicBoolean();
  /** The socket that is let through; or null. */
  private volatile @Nullable FrameSocket letThrough;

  KeptMemory(List<EventLoop> loops, long bound) {
    this.loops = loops;
    this.bound = bound;
  }

  void change(long bytes) {
    kept.addAndGet(bytes);
  }

  /** Whether sockets with a partial frame have to wait. */
  boolean isShort() {
    return kept.get() > bound;
  }

  /** How much one read should take: a slow receiver keeps what was read for it in memory. */
  int readSize() {
    long now = kept.get();
    return now > bound ? FEW : now > bound / 4 ? MODEST : BufferPool.LARGEST;
  }

  /** Makes room, soon. */
  void relieve() {
    if (relieving.compareAndSet(false, true)) {
      Search search = new Search();
      loops.forEach(loop -> loop.execute(() -> search.add(loop.sockets())));
    }
  }

  /** Whether that socket may go on although memory is short. */
  boolean isLetThrough(FrameSocket socket) {
    return letThrough == socket;
  }

  /** The frame of that socket is complete, or never will be. */
  void done(FrameSocket socket) {
    if (letThrough == socket) {
      letThrough = null;
    }
  }

  /** How much a socket holds. */
  private record Hoard(FrameSocket socket, long bytes, double weight) {}

  /** Looks for hoarders, and for a socket to let through. Each loop adds its sockets itself. */
  private final class Search {
    private final List<Hoard> hoards = new ArrayList<>();
    /** The one of those waiting whose frame is closest to complete. */
    private @Nullable FrameSocket next;

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

    /** Closes as many as it takes to have room for others, and lets one through meanwhile. */
    private void end() {
      hoards.sort(Comparator.comparingDouble(Hoard::weight).reversed());
      long excess = kept.get() - bound * 3 / 4; // with some room to spare
      for (Hoard hoard : hoards) {
        if (excess <= 0) {
          break;
        }
        excess -= hoard.bytes;
        hoard.socket.loop().execute(() -> hoard.socket.breakOff(bound));
      }
      FrameSocket waiting = next;
      if (letThrough == null && waiting != null) {
        // Its frame may have become whole since its loop was asked: then it would block all others.
        waiting.loop().execute(() -> {
          if (waiting.isStarved()) {
            letThrough = waiting;
          }
        });
      }
    }
  }
}
