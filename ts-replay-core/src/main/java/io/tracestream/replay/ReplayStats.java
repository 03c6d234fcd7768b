package io.tracestream.replay;

/** What a replay has received since its start, at one moment. Immutable. */
public final class ReplayStats {
  private final long openConnections;
  private final long frames;
  private final long bytes;

  ReplayStats(long openConnections, long frames, long bytes) {
    this.openConnections = openConnections;
    this.frames = frames;
    this.bytes = bytes;
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
}
