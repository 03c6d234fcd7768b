package io.tracestream.bench;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;

/** Closes a channel when nothing moves on it for too long: who blocks on it then fails. */
final class StallWatch implements AutoCloseable {
  private final Channel watched;
  private final long limitMillis;
  private final Thread thread = new Thread(this::watch, "stall watch");
  private volatile long moves;
  private volatile boolean stalled;

  /** Watches from now on. */
  StallWatch(Channel watched, Duration limit) {
    this.watched = watched;
    this.limitMillis = limit.toMillis();
    thread.setDaemon(true);
    thread.start();
  }

  /** Something has moved. Called by one thread. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void moved() {
    moves++;
  }

  /** Whether the channel was closed for standing still. */
  boolean stalled() {
    return stalled;
  }

  private void watch() {
    try {
      long seen;
      do {
        seen = moves;
        Thread.sleep(limitMillis);
      } while (moves != seen);
      stalled = true;
      watched.close();
    } catch (InterruptedException | IOException e) {
      // nothing to watch any more
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
