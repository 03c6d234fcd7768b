package io.tracestream.engine;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tasks that an event loop has to run later. For the loop's thread alone. */
final class Timers {
  private final TreeSet<Timer> timers = new TreeSet<>();
  private long made;

  /** One task and its time. */
  final class Timer implements EventLoop.Timer, Comparable<Timer> {
    private final long due;
    private final long number;
    private final Runnable task;

    private Timer(long due, Runnable task) {
      this.due = due;
      this.task = task;
      this.number = made++;
    }

    @Override
    public void cancel() {
      timers.remove(this);
    }

    @Override
    public int compareTo(Timer other) {
      int order = Long.signum(due - other.due); // nanoTime may wrap around
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  /** Adds a task that is due at that time of {@link System#nanoTime}. */
  Timer at(long due, Runnable task) {
    Timer timer = new Timer(due, task);
    timers.add(timer);
    return timer;
  }

  /** Takes the next task that is due; null if there is none. */
  @Nullable
  Runnable pollDue() {
    return !timers.isEmpty() && timers.first().due - System.nanoTime() <= 0
        ? timers.pollFirst().task
        : null;
  }

  boolean isEmpty() {
    return timers.isEmpty();
  }

  /** Nanoseconds until the next timer is due, 0 or less if it is; there must be a timer. */
  long nanosToNext() {
    return timers.first().due - System.nanoTime();
  }

  int size() {
    return timers.size();
  }
}
