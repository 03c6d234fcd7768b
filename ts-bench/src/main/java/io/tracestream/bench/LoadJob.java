package io.tracestream.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A load that passes through a peer.
 *
 * @param name as in the table
 * @param kind what the clients do
 * @param payload bytes of each frame's payload
 * @param connections how many at a time
 * @param depth frames of a connection on their way at a time
 * @param count frames or round trips in all
 * @param warmUp as many before that, which are not counted: each process is a fresh one
 */
record LoadJob(
    String name, Kind kind, int payload, int connections, int depth, int count, int warmUp) {
  private static final Duration STALL = Duration.ofSeconds(20);
  /** Before the measured load, for the peer's own threads to come to rest. */
  private static final long PAUSE_MILLIS = 200;

  private static final double GIB = 1 << 30;
  private static final double MIB = 1 << 20;

  /** What the clients do. */
  enum Kind {
    /** One connection sends, and a sink counts. */
    FLOOD,
    /** Frames go to an echo and come back. */
    PING
  }

  /** The job for these peers. */
  Job with(List<Peer> peers) {
    return new Job(
        name,
        kind == Kind.FLOOD ? Job.Unit.MIB_PER_SECOND : Job.Unit.ROUND_TRIPS_PER_SECOND,
        kind == Kind.FLOOD ? (double) count * payload / GIB : 0,
        peers.stream()
            .map(peer -> new Job.Entry(peer.name(), peer.rank(), () -> run(peer)))
            .toList());
  }

  private Sample run(Peer peer) throws IOException, InterruptedException {
    try (Target target = kind == Kind.FLOOD ? new SinkServer() : new EchoServer();
        Place place = Place.create(target.address().getPort(), connections);
        PeerProcess process = PeerProcess.start(peer, place)) {
      try (Load load = connect(process.address())) {
        load.send(warmUp);
      }
      Thread.sleep(PAUSE_MILLIS);
      try (Load load = connect(process.address())) {
        double before = process.processorSeconds();
        return sample(load.send(count), process, before);
      }
    } catch (IOException e) {
      throw new IOException(name + ": " + peer.name() + ": " + e.getMessage(), e);
    }
  }

  private Load connect(InetSocketAddress address) throws IOException {
    return kind == Kind.FLOOD
        ? new Flood(address, payload, STALL)
        : new Ping(address, payload, connections, depth, STALL);
  }

  /** Asks while the connections are still open: some peers have a process for each. */
  private Sample sample(Load.Timed timed, PeerProcess process, double before) {
    double perSecond = count / (timed.nanos() / 1e9);
    return new Sample(
        kind == Kind.FLOOD ? perSecond * payload / MIB : perSecond,
        micros(timed.p50Nanos()),
        micros(timed.p99Nanos()),
        process.processorSeconds() - before,
        process.peakMiB());
  }

  private static double micros(long nanos) {
    return nanos == 0 ? Double.NaN : nanos / 1e3;
  }
}
