package io.tracestream.proxy;

import io.tracestream.recording.Direction;

/** What a proxy has carried since its start, at one moment. Immutable. */
public final class ProxyStats {
  static final ProxyStats NONE = new ProxyStats(0, 0, 0, 0, 0, 0, 0);

  private final long connections;
  private final long openConnections;
  private final long c2sFrames;
  private final long c2sBytes;
  private final long s2cFrames;
  private final long s2cBytes;
  private final long recordedBytes;

  ProxyStats(
      long connections,
      long openConnections,
      long c2sFrames,
      long c2sBytes,
      long s2cFrames,
      long s2cBytes,
      long recordedBytes) {
    this.connections = connections;
    this.openConnections = openConnections;
    this.c2sFrames = c2sFrames;
    this.c2sBytes = c2sBytes;
    this.s2cFrames = s2cFrames;
    this.s2cBytes = s2cBytes;
    this.recordedBytes = recordedBytes;
  }

  ProxyStats plus(ProxyStats other) {
    return new ProxyStats(
        connections + other.connections,
        openConnections + other.openConnections,
        c2sFrames + other.c2sFrames,
        c2sBytes + other.c2sBytes,
        s2cFrames + other.s2cFrames,
        s2cBytes + other.s2cBytes,
        recordedBytes + other.recordedBytes);
  }

  /** These, with more bytes recorded. */
  ProxyStats withRecordedBytes(long bytes) {
    return plus(new ProxyStats(0, 0, 0, 0, 0, 0, bytes));
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

  /** Frames and bytes of one direction, for people. */
  String shown(Direction direction) {
    return shown(frames(direction), bytes(direction), direction);
  }

  static String shown(long frames, long bytes, Direction direction) {
    return frames + (frames == 1 ? " frame " : " frames ") + direction + " (" + bytes
        + (bytes == 1 ? " byte)" : " bytes)");
  }
}
