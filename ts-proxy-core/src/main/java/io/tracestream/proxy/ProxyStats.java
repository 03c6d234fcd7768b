package io.tracestream.proxy;

import io.tracestream.recording.Direction;
import java.time.Duration;

/** What a proxy has carried since its start, at one moment. Immutable. */
public final class ProxyStats {
  static final ProxyStats NONE = new ProxyStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final long connections;
  private final long openConnections;
  private final long c2sFrames;
  private final long c2sBytes;
  private final long s2cFrames;
  private final long s2cBytes;
  private final long recordedBytes;
  private final long unwrittenBytes;
  private final long eventLoopDelayNanos;

  ProxyStats(
      long connections,
      long openConnections,
      long c2sFrames,
      long c2sBytes,
      long s2cFrames,
      long s2cBytes,
      long recordedBytes,
      long unwrittenBytes,
      long eventLoopDelayNanos) {
    this.connections = connections;
    this.openConnections = openConnections;
    this.c2sFrames = c2sFrames;
    this.c2sBytes = c2sBytes;
    this.s2cFrames = s2cFrames;
    this.s2cBytes = s2cBytes;
    this.recordedBytes = recordedBytes;
    this.unwrittenBytes = unwrittenBytes;
    this.eventLoopDelayNanos = eventLoopDelayNanos;
  }

  ProxyStats plus(ProxyStats other) {
    return new ProxyStats(
        connections + other.connections,
        openConnections + other.openConnections,
        c2sFrames + other.c2sFrames,
        c2sBytes + other.c2sBytes,
        s2cFrames + other.s2cFrames,
        s2cBytes + other.s2cBytes,
        recordedBytes + other.recordedBytes,
        unwrittenBytes + other.unwrittenBytes,
        Math.max(eventLoopDelayNanos, other.eventLoopDelayNanos));
  }

  /** These, with more bytes recorded, some of which are not in a file yet. */
  ProxyStats withRecorded(long bytes, long unwritten) {
    return plus(new ProxyStats(0, 0, 0, 0, 0, 0, bytes, unwritten, 0));
  }

  ProxyStats withEventLoopDelay(long nanos) {
    return plus(new ProxyStats(0, 0, 0, 0, 0, 0, 0, 0, nanos));
  }

  /**
   * Connections that were served, closed ones among them.
   *
   * @return their count
   */
  public long connections() {
    return connections;
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
   * Whole frames that came.
   *
   * @param direction from clients or from targets
   * @return their count
   */
  public long frames(Direction direction) {
    return direction == Direction.C2S ? c2sFrames : s2cFrames;
  }

  /**
   * Bytes of those frames.
   *
   * @param direction from clients or from targets
   * @return the sum, headers included
   */
  public long bytes(Direction direction) {
    return direction == Direction.C2S ? c2sBytes : s2cBytes;
  }

  /**
   * How long all that was recorded is: what is in the files, and what is on its way to them unless
   * they are compressed.
   *
   * @return bytes; 0 when nothing is recorded
   */
  public long recordedBytes() {
    return recordedBytes;
  }

  /**
   * How far the files are behind: what was recorded and still waits in memory to be written. At
   * most a second's worth, unless the disk is slow.
   *
   * @return bytes of text, before any compression
   */
  public long unwrittenBytes() {
    return unwrittenBytes;
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

  /** Frames and bytes of one direction, for people. */
  String shown(Direction direction) {
    return shown(frames(direction), bytes(direction), direction);
  }

  static String shown(long frames, long bytes, Direction direction) {
    return frames + (frames == 1 ? " frame " : " frames ") + direction + " (" + bytes
        + (bytes == 1 ? " byte)" : " bytes)");
  }
}
