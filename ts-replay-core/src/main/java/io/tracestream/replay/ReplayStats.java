package io.tracestream.replay;

import java.time.Duration;

/** What a replay has received since its start, at one moment. Immutable. */
public final class ReplayStats {
  private final long openConnections;
  private final long frames;
  private final long bytes;
  private final long eventLoopDelayNanos;

  ReplayStats(long openConnections, long frames, long bytes, long eventLoopDelayNanos) {
    this.openConnections = openConnections;
    this.frames = frames;
    this.bytes = bytes;
    this.eventLoopDelayNanos = eventLoopDelayNanos;
  }

  /**
   * Connections that are open.
   *
   * @return their count
   */
  public long openConnections() {
    return openConnections;
  }

  /**
   * Whole frames that clients sent, on all connections so far.
   *
   * @return their count
   */
  public long frames() {
    return frames;
  }

  /**
   * Bytes of those frames.
   *
   * @return the sum, headers included
   */
  public long bytes() {
    return bytes;
  }

  /**
   * How long the busiest event loop took to come to this question: as long as a frame had to wait
   * for it at this moment.
   *
   * @return the delay; 200 ms or more for a loop that did not come to it
   */
  public Duration eventLoopDelay() {
    return Duration.ofNanos(eventLoopDelayNanos);
  }
}
