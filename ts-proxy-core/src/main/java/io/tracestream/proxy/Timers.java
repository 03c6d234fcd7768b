package io.tracestream.proxy;

import java.util.PriorityQueue;

/** What an event loop is to do later. For the loop's thread alone. */
final class Timers {
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();

  /** One thing to do at one time. */
  static final class Timer implements Comparable<Timer> {
    private final long due;
    private Runnable task;

    private Timer(long due, Runnable task) {
      this.due = due;
      this.task = task;
    }

    /** Forgets the task at once; the timer itself goes when its time comes. */
    void cancel() {
      task = null;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(due - other.due); // nanoTime may wrap around
    }
  }

  Timer in(long millis, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + millis * 1_000_000, task);
    timers.add(timer);
    return timer;
  }

  /** What is due next; null when nothing is. */
  Runnable pollDue() {
    while (!timers.isEmpty() && timers.peek().due - System.nanoTime() <= 0) {
      Timer timer = timers.poll();
      if (timer.task != null) {
        return timer.task;
      }
    }
    return null;
  }

  /** Milliseconds until the next timer, at least 1; 0 when there is none. */
  long millisToNext() {
    return timers.isEmpty()
        ? 0
        : Math.max(1, (timers.peek().due - System.nanoTime()) / 1_000_000 + 1);
  }
}
