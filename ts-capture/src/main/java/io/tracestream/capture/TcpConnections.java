package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The TCP connections in a capture. Reads one packet after the other, in bounded memory: a
 * connection that would need more is dropped, and told so.
 */
final class TcpConnections {
  /** How many connections are followed at a time. */
  private static final int MOST = 32_768;
  /** How many ports are counted. */
  private static final int MOST_PORTS = 1000;

  /** All bytes that wait, here and in the sinks. */
  private static final long MOST_HELD =
      Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);

  /** Makes the sink of a connection. */
  interface Opener {
    /**
     * A connection has been found.
     *
     * @param micros when its first packet was captured
     */
    TcpSink open(long number, Endpoint client, Endpoint target, long micros) throws IOException;
  }

  private record Key(Endpoint client, Endpoint target) {}

  private final int port;
  private final Opener opener;
  private final Map<Key, TcpConnection> connections = new LinkedHashMap<>(16, 0.75f, true);
  private final Segment segment = new Segment();
  private long held;
  private long found;

  private long packets;
  private long partial;
  private long fragments;
  private long cut;
  private final Map<Integer, Long> unknownLinks = new TreeMap<>();
  private final Map<Integer, Long> targetPorts = new TreeMap<>();

  /**
   * Finds the connections to a port.
   *
   * @param port of the targets; 0 for any
   */
  TcpConnections(int port, Opener opener) {
    this.port = port;
    this.opener = opener;
  }

  /** Reads a capture to its end. */
  void readAll(CaptureReader capture) throws IOException {
    while (capture.next()) {
      packets++;
      switch (segment.read(capture.linkType(), capture.bytes(), capture.originalLength())) {
        case TCP -> take(capture.micros());
        case FRAGMENT -> fragments++;
        case CUT -> cut++;
        case UNKNOWN_LINK -> {
          if (unknownLinks.size() < MOST_PORTS || unknownLinks.containsKey(capture.linkType())) {
            unknownLinks.merge(capture.linkType(), 1L, Long::sum);
          }
        }
        case OTHER -> {}
      }
    }
    for (TcpConnection connection : connections.values()) {
      connection.finish("still open where the capture ends");
    }
    connections.clear();
  }

  private void take(long micros) throws IOException {
    Endpoint from = segment.from();
    Endpoint to = segment.to();
    boolean isRequest = segment.has(Segment.SYN) && !segment.has(Segment.ACK);
    if (isRequest) {
      count(to.port());
    }
    if (port != 0 && from.port() != port && to.port() != port) {
      return;
    }
    if (segment.data().remaining() < segment.dataLength()) {
      partial++;
    }
    boolean isFromClient = isFromClient(from, to);
    Key key = isFromClient ? new Key(from, to) : new Key(to, from);
    TcpConnection connection = connections.get(key);
    if (connection != null && isRequest && isFromClient && connection.isOther(segment)) {
      finish(key, connection, "another one follows between the same ports");
      connection = null;
    }
    if (connection == null) {
      if (!segment.has(Segment.SYN) && segment.dataLength() == 0) {
        return; // of a connection that has ended, or of one that is idle
      }
      makeRoom();
      connection = new TcpConnection(opener.open(++found, key.client, key.target, micros));
      connections.put(key, connection);
    }
    long before = connection.held();
    connection.take(segment, isFromClient ? Direction.C2S : Direction.S2C, micros);
    held += connection.held() - before;
    while (held > MOST_HELD) {
      dropLargest();
    }
  }

  private void count(int targetPort) {
    if (targetPorts.size() < MOST_PORTS || targetPorts.containsKey(targetPort)) {
      targetPorts.merge(targetPort, 1L, Long::sum);
    }
  }

  private boolean isFromClient(Endpoint from, Endpoint to) {
    if (port != 0 && from.port() != to.port()) {
      return to.port() == port;
    }
    if (connections.containsKey(new Key(from, to))) {
      return true;
    }
    if (connections.containsKey(new Key(to, from))) {
      return false;
    }
    if (segment.has(Segment.SYN)) {
      return !segment.has(Segment.ACK);
    }
    return from.port() >= to.port(); // servers mostly have the lower one
  }

  private void makeRoom() throws IOException {
    if (connections.size() == MOST) {
      Iterator<Map.Entry<Key, TcpConnection>> eldest = connections.entrySet().iterator();
      TcpConnection connection = eldest.next().getValue();
      eldest.remove();
      held -= connection.held();
      connection.finish("idle while " + MOST + " others were active");
    }
  }

  private void finish(Key key, TcpConnection connection, String why) throws IOException {
    connections.remove(key);
    held -= connection.held();
    connection.finish(why);
  }

  private void dropLargest() throws IOException {
    TcpConnection largest = null;
    for (TcpConnection connection : connections.values()) {
      if (largest == null || connection.held() > largest.held()) {
        largest = connection;
      }
    }
    if (largest == null || largest.held() == 0) {
      throw new IllegalStateException("held: " + held);
    }
    held -= largest.held();
    largest.drop("more than " + (MOST_HELD >> 20) + " MiB of incomplete frames are in memory, of"
        + " which this connection has most");
  }

  /** How many connections were found. */
  long found() {
    return found;
  }

  /** How many packets were read. */
  long packets() {
    return packets;
  }

  /** How many segments to or from the port were captured only in part. */
  long partial() {
    return partial;
  }

  /** How many packets were parts of IP datagrams with TCP in them. */
  long fragments() {
    return fragments;
  }

  /** How many packets were captured without all of their headers. */
  long cut() {
    return cut;
  }

  /** How many packets had link types that are not read, by link type. */
  Map<Integer, Long> unknownLinks() {
    return unknownLinks;
  }

  /** To which ports connections were requested, and how often. */
  Map<Integer, Long> targetPorts() {
    return targetPorts;
  }
}
