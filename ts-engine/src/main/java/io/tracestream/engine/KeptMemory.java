package io.tracestream.engine;

import java.util.ArrayList;
import java.util.Comparator;
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
  private static final int MODEST = 64 * 1024;
  private static final int FEW = 4 * 1024;

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

  /** What a socket keeps, as its loop saw it. */
  private record Hoard(FrameSocket socket, long bytes, double weight) {}

  /** Looks for the greatest hoards: each loop adds its own, on its own thread. */
  private final class Search {
    private final List<Hoard> hoards = new ArrayList<>();
    private int loopsToCome = loops.size();

    private synchronized void add(List<FrameSocket> sockets) {
      for (FrameSocket socket : sockets) {
        if (socket.kept() > 0) {
          hoards.add(new Hoard(socket, socket.kept(), socket.hoarding()));
        }
      }
      if (--loopsToCome == 0) {
        breakOffGreatest();
      }
    }

    /** As many as it takes to have room for others. */
    private void breakOffGreatest() {
      hoards.sort(Comparator.comparingDouble(Hoard::weight).reversed());
      long excess = kept.get() - bound * 3 / 4; // a little room, lest all wait for each
      for (Hoard hoard : hoards) {
        if (excess <= 0) {
          break;
        }
        excess -= hoard.bytes;
        EventLoop loop = hoard.socket.loop();
        loop.execute(() -> hoard.socket.breakOff(bound));
      }
      relieving.set(false);
    }
  }
}
