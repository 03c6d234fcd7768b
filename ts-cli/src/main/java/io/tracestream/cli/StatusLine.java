package io.tracestream.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A line on the terminal that says what a server is doing, redrawn each second. It is not shown if
 * stderr is not a terminal, or with {@code -q}.
 */
final class StatusLine {
  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<Figures> traffic;
  private Figures last = new Figures(0, 0, 0, "");
  private long lastNanos;

  /**
   * What has passed so far.
   *
   * @param connections how many are open now
   * @param frames how many have passed, in both directions
   * @param bytes how many have passed, in both directions
   * @param more what else to say, or an empty text
   */
  record Figures(long connections, long frames, long bytes, String more) {}

  /** The line of a server that has just started. */
  StatusLine(Supplier<Figures> traffic, long nanos) {
    this.traffic = traffic;
    this.lastNanos = nanos;
  }

  /** Shows the line until {@link StandardError#endStatus}, where there is a terminal for it. */
  static void start(LogOptions log, Supplier<Figures> traffic) {
    if (log.quiet() || !Terminal.STDERR.takesEscapes()) {
      return;
    }
    StatusLine line = new StatusLine(traffic, System.nanoTime());
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "status");
      thread.setDaemon(true);
      return thread;
    });
    Future<?> unused = timer.scheduleAtFixedRate( // it ends with the process
        () -> StandardError.status(line.text(System.nanoTime())), 0, 1, TimeUnit.SECONDS);
  }

  /** What to show now, given the time of {@link System#nanoTime}. */
  String text(long nanos) {
    Figures now = traffic.get();
    long elapsed = Math.max(1, nanos - lastNanos);
    long passed = Math.max(0, now.frames - last.frames);
    long rate = Math.round((double) passed * NANOS_PER_SECOND / elapsed);
    last = now;
    lastNanos = nanos;
    return Units.count(now.connections, "connection", "connections") + ", "
        + Units.count(now.frames, "frame", "frames") + " (" + rate + "/s), "
        + Units.bytes(now.bytes) + (now.more.isEmpty() ? "" : ", " + now.more);
  }
}
