package io.tracestream.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What connections cost on which nothing happens, after one round trip on each. */
final class IdleJob {
  private static final int PAYLOAD = 64;
  private static final double KIB_PER_MIB = 1024;
  private static final Duration STALL = Duration.ofSeconds(20);

  private IdleJob() {}

  /** The job with so many connections. */
  static Job job(int connections, List<Peer> peers) {
    return new Job(
        "idle" + connections,
        Job.Unit.KIB_PER_CONNECTION,
        0,
        peers.stream()
            .map(peer -> new Job.Entry(peer.name(), peer.rank(), () -> run(connections, peer)))
            .toList());
  }

  private static Sample run(int connections, Peer peer) throws IOException, InterruptedException {
    try (Target target = new EchoServer();
        Place place = Place.create(target.address().getPort(), connections);
        PeerProcess process = PeerProcess.start(peer, place)) {
      double before = process.residentMiB();
      double started = process.processorSeconds();
      try (Load load = new Ping(process.address(), PAYLOAD, connections, 1, STALL)) {
        load.send(1); // the other ones are idle
        return new Sample(
            (process.residentMiB() - before) * KIB_PER_MIB / connections,
            Double.NaN,
            Double.NaN,
            process.processorSeconds() - started,
            process.peakMiB());
      }
    } catch (IOException e) {
      throw new IOException("idle: " + peer.name() + ": " + e.getMessage(), e);
    }
  }
}
