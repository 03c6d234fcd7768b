package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.util.Map;

/** What was found in a capture, and what became of it. Immutable. */
public final class ImportSummary {
  private final long packets;
  private final long connections;
  private final long recorded;
  private final long empty;
  private final long cut;
  private final long leftOut;
  private final long[] frames;
  private final long[] bytes;
  private final boolean isWhole;
  private final Map<Integer, Long> targetPorts;

  private ImportSummary(Counts counts, TcpConnections found, boolean isDamaged) {
    packets = found.packets();
    connections = found.found();
    recorded = counts.recorded;
    empty = counts.empty;
    cut = counts.cut;
    leftOut = counts.leftOut;
    frames = counts.frames.clone();
    bytes = counts.bytes.clone();
    isWhole = !isDamaged && cut + leftOut == 0;
    targetPorts = Map.copyOf(found.targetPorts());
  }

  /** Counts during a run. */
  static final class Counts {
    private long recorded;
    private long empty;
    private long cut;
    private long leftOut;
    private final long[] frames = new long[2];
    private final long[] bytes = new long[2];

    void frame(Direction direction, int length) {
      frames[index(direction)]++;
      bytes[index(direction)] += length;
    }

    void connection(boolean hasFrames, boolean hasBytes) {
      recorded += hasFrames ? 1 : 0;
      empty += hasBytes ? 0 : 1;
    }

    void cut() {
      cut++;
    }

    void leftOut() {
      leftOut++;
    }

    ImportSummary summary(TcpConnections found, boolean isDamaged) {
      return new ImportSummary(this, found, isDamaged);
    }
  }

  private static int index(Direction direction) {
    return direction == Direction.C2S ? 0 : 1;
  }

  /**
   * Packets of all kinds in the capture.
   *
   * @return how many were read
   */
  public long packets() {
    return packets;
  }

  /**
   * Connections to the port.
   *
   * @return how many there are, with those that carried no data
   */
  public long connections() {
    return connections;
  }

  /**
   * Connections that were recorded, whole or in part.
   *
   * @return how many have an entry
   */
  public long recorded() {
    return recorded;
  }

  /**
   * Connections that carried no data.
   *
   * @return how many; they are not reported
   */
  public long empty() {
    return empty;
  }

  /**
   * Connections of which something is missing or cannot be read. Each was reported.
   *
   * @return how many
   */
  public long cut() {
    return cut;
  }

  /**
   * Connections that did not fit into the one file. Each was reported.
   *
   * @return how many
   */
  public long leftOut() {
    return leftOut;
  }

  /**
   * Frames that were recorded.
   *
   * @param direction which way they went
   * @return how many
   */
  public long frames(Direction direction) {
    return frames[index(direction)];
  }

  /**
   * Payloads that were recorded.
   *
   * @param direction which way they went
   * @return bytes
   */
  public long bytes(Direction direction) {
    return bytes[index(direction)];
  }

  /**
   * Whether all that the capture has of these connections was recorded. Connections may have begun
   * before it or ended after it.
   *
   * @return false if one was cut or left out, or the capture is damaged
   */
  public boolean isWhole() {
    return isWhole;
  }

  /**
   * The ports to which connections were requested, in all of the capture.
   *
   * @return how often, by port
   */
  public Map<Integer, Long> targetPorts() {
    return targetPorts;
  }
}
