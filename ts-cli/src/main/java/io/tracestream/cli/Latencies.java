package io.tracestream.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.Recorder;

/**
 * How long replies took, in nanoseconds, to three digits. Each second is written to a log as a
 * histogram of its own, if there is a log. For any number of threads.
 */
final class Latencies implements LongConsumer, AutoCloseable {
  private static final int DIGITS = 3;

  private final Recorder recorder;
  private final Histogram all = new Histogram(DIGITS);
  /** Null without a log. */
  private PrintStream file;

  private HistogramLogWriter log;
  private final ScheduledExecutorService timer;
  private Histogram second;
  private boolean closed;

  Latencies() {
    recorder = new Recorder(DIGITS);
    timer = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, "latencies");
      thread.setDaemon(true);
      return thread;
    });
  }

  /**
   * Begins the first second, and the log.
   *
   * @param path what to write; null for no log
   */
  synchronized void begin(Path path) throws IOException {
    if (path != null) {
      writeTo(path);
    }
    Future<?> unused = timer.scheduleAtFixedRate(this::endSecond, 1, 1, TimeUnit.SECONDS);
  }

  private void writeTo(Path path) throws IOException {
    long now = System.currentTimeMillis();
    file = new PrintStream(Files.newOutputStream(path), false, StandardCharsets.UTF_8);
    log = new HistogramLogWriter(file);
    log.outputComment("[Latencies of replies in nanoseconds, logged by ts-proxy load]");
    log.outputLogFormatVersion();
    log.outputBaseTime(now);
    log.setBaseTime(now);
    log.outputStartTime(now);
    log.outputLegend();
  }

  @Override
  public void accept(long nanos) {
    recorder.recordValue(Math.max(0, nanos));
  }

  private synchronized void endSecond() {
    if (closed) {
      return;
    }
    second = recorder.getIntervalHistogram(second);
    all.add(second);
    if (log != null) {
      log.outputIntervalHistogram(second);
      file.flush();
    }
  }

  /** The 99th percentile of the last second, in microseconds; 0 if nothing came. */
  synchronized long recentMicros() {
    return second == null ? 0 : second.getValueAtPercentile(99) / 1000;
  }

  /** All of them, once it is closed. */
  synchronized Histogram all() {
    return all.copy();
  }

  /** Ends the log. */
  @Override
  public synchronized void close() {
    endSecond();
    closed = true;
    timer.shutdownNow();
    if (file != null) {
      file.close();
    }
  }

  /** Whether the log could be written so far. */
  boolean isWritten() {
    return file == null || !file.checkError();
  }
}
