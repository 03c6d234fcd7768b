package io.tracestream.replay;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How far a session's other side has come: written by the thread that reads its frames, waited for
 * by the one that sends. Times are those of {@link System#nanoTime}.
 */
final class Progress {
  private static final int REMEMBERED = 256;

  private final ReentrantLock lock = new ReentrantLock();
  // Not Object.wait, which counts in whole milliseconds.
  private final Condition changed = lock.newCondition();
  private volatile long matched;
  /** When each of the last matches was, by its number modulo the length. */
  private final long[] times = new long[REMEMBERED];

  /** When something last came or went, or is to go. */
  private final AtomicLong active = new AtomicLong(System.nanoTime());

  private volatile boolean sending;
  private boolean redirected;
  private boolean peerEnded;
  private volatile boolean stopped;

  /** That many frames were matched, counted from the first; told to the other thread at once. */
  void matched(long count) {
    change(() -> {
      long now = System.nanoTime();
      for (long number = Math.max(matched, count - REMEMBERED) + 1; number <= count; number++) {
        times[(int) (number % REMEMBERED)] = now;
      }
      matched = count;
    });
  }

  /** The other side did all that was recorded, and ended. */
  void peerEnded() {
    change(() -> peerEnded = true);
  }

  /** Nothing more is to be sent. */
  void stop() {
    change(() -> stopped = true);
  }

  /** Whether so many frames were matched. */
  boolean hasMatched(long count) {
    return matched >= count;
  }

  /** Another recording is in front, and no further frame will come. */
  void redirect() {
    change(() -> redirected = true);
  }

  /**
   * Waits until so many frames were matched; false when it was stopped before, or told that another
   * recording is played.
   */
  boolean awaitMatches(long count) throws InterruptedException {
    if (!hasMatched(count)) {
      await(() -> hasMatched(count) || redirected || stopped, Long.MAX_VALUE);
    }
    return hasMatched(count);
  }

  /** Waits until that time; false when nothing more is to be sent. */
  boolean awaitTime(long due) throws InterruptedException {
    return !await(() -> stopped, due - System.nanoTime());
  }

  /** Waits for so many milliseconds at most; false when the other side has not ended by then. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return await(() -> peerEnded || stopped, millis * 1_000_000);
  }

  /**
   * When the frame of that number was matched; or {@code other} if that was {@value #REMEMBERED}
   * matches ago: then the client runs ahead, and its frames do not set the pace.
   */
  long timeOfMatch(long number, long other) {
    lock.lock();
    try {
      return matched - number < REMEMBERED ? times[(int) (number % REMEMBERED)] : other;
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing more is to be sent. */
  boolean isStopped() {
    return stopped;
  }

  /** Something came or went at that time, or is to go then. */
  void active(long time) {
    for (long before = active.get(); before < time; before = active.get()) {
      if (active.compareAndSet(before, time)) {
        return;
      }
    }
  }

  /** For how long nothing came or went; below 0 when the next frame to go has its time. */
  long quietNanos() {
    return System.nanoTime() - active.get();
  }

  /** The thread that sends is about to write, or done with it. */
  void sending(boolean now) {
    sending = now;
  }

  /**
   * Whether a write is under way: when nothing has happened for long, the other side reads none.
   */
  boolean isSending() {
    return sending;
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the condition holds, for {@code nanos} at most; false when it does not by then. */
  private boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
    lock.lock();
    try {
      for (long left = nanos; left > 0 && !condition.getAsBoolean(); ) {
        left = changed.awaitNanos(left);
      }
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }
}
