package io.tracestream.proxy;

import java.time.Instant;

/**
 * Times of a recording: they count from the first connection. Read by all loops, after the thread
 * that accepts connections has started it.
 */
final class RecordingClock {
  private boolean began;
  private long beginning;
  private Instant epoch;

  /**
   * To be called when a connection is accepted: the first one starts the clock.
   *
   * @return microseconds since the first one; 0 for that
   */
  long accepted() {
    if (!began) {
      began = true;
      epoch = Instant.now();
      beginning = System.nanoTime();
      return 0;
    }
    return elapsedMicros();
  }

  /** Microseconds since the first connection, by a clock that never goes backwards. */
  long elapsedMicros() {
    return (System.nanoTime() - beginning) / 1000;
  }

  /** When the first connection was accepted. */
  Instant epoch() {
    return epoch;
  }
}
