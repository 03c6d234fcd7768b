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
    FLOOD(Job.Unit.MIB_PER_SECOND),
    /** Frames go to an echo and come back. */
    PING(Job.Unit.ROUND_TRIPS_PER_SECOND),
    /** Connections are opened for one round trip each. */
    ACCEPT(Job.Unit.CONNECTIONS_PER_SECOND);

    private final Job.Unit unit;

    Kind(Job.Unit unit) {
      this.unit = unit;
    }
  }

  /** The job for these peers. */
  Job with(List<Peer> peers) {
    double gib = kind == Kind.FLOOD ? (double) count * payload / GIB : 0;
    return new Job(name, kind.unit, gib, peers.stream().map(this::entry).toList());
  }

  private Job.Entry entry(Peer peer) {
    return new Job.Entry(peer.name(), peer.rank(), () -> run(peer));
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
    return switch (kind) {
      case FLOOD -> new Flood(address, payload, STALL);
      case PING -> new Ping(address, payload, connections, depth, STALL);
      case ACCEPT -> new Visits(address, payload, connections, STALL);
    };
  }

  /** Asks while the connections are still open: some peers have a process for each. */
  private Sample sample(Load.Timed timed, PeerProcess process, double before) {
    return new Sample(
        figure(timed.nanos()),
        micros(timed.p50Nanos()),
        micros(timed.p99Nanos()),
        process.processorSeconds() - before,
        process.peakMiB());
  }

  /** What the job's unit makes of that time. */
  double figure(long nanos) {
    double perSecond = count / (nanos / 1e9);
    return kind == Kind.FLOOD ? perSecond * payload / MIB : perSecond;
  }

  private static double micros(long nanos) {
    return nanos == 0 ? Double.NaN : nanos / 1e3;
  }
}
