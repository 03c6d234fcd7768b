package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording that is played with its pauses. The figure is the latest reply of all.
 *
 * @param jar our command line
 * @param lateness what is played
 * @param file where it stands
 */
record LatenessJob(Path jar, Lateness lateness, Path file) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_MICRO = 1e3;

  /** Writes the recording, and makes the job of playing it. */
  static Job create(Path jar, Lateness lateness, Path file) throws IOException {
    lateness.write(file);
    LatenessJob job = new LatenessJob(jar, lateness, file);
    return new Job(
        "replay pauses", Job.Unit.MILLIS, 0, List.of(new Job.Entry("ts", Rank.OURS, job::measure)));
  }

  private Sample measure() throws IOException, InterruptedException {
    try (Place place = Place.create(0, 1);
        PeerProcess process = PeerProcess.start(ReplayJob.peer(jar, file, "original"), place)) {
      double before = process.processorSeconds();
      long[] late = lateness.measure(process.address());
      return new Sample(
          late[late.length - 1] / NANOS_PER_MILLI,
          Stats.percentile(late, 50) / NANOS_PER_MICRO,
          Stats.percentile(late, 99) / NANOS_PER_MICRO,
          process.processorSeconds() - before,
          process.peakMiB());
    }
  }
}
