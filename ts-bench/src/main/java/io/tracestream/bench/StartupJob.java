package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** From the start of our process until it listens, and until it has printed its help. */
final class StartupJob {
  private static final long LIMIT_SECONDS = 20;

  private StartupJob() {}

  static Job job(Proxies proxies) {
    return new Job(
        "startup",
        Job.Unit.MILLIS,
        0,
        List.of(
            new Job.Entry("ts", Rank.OURS, () -> proxy(proxies)),
            new Job.Entry("ts-help", Rank.OURS, () -> time(proxies.ts("--help"), "Usage:"))));
  }

  private static Sample proxy(Proxies proxies) throws IOException {
    try (Place place = Place.create(1, 1)) {
      return time(proxies.ts().command(place), "listening on ");
    }
  }

  /** Until the first line, which has to begin like that. */
  private static Sample time(List<String> command, String beginning) throws IOException {
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    try (BufferedReader stdout = process.inputReader()) {
      String line = stdout.readLine();
      double millis = (System.nanoTime() - start) / 1e6;
      if (line == null || !line.startsWith(beginning)) {
        throw new IOException("startup: found \"" + line + "\", expected \"" + beginning
            + "\" within " + LIMIT_SECONDS + " s");
      }
      return new Sample(
          millis,
          Double.NaN,
          Double.NaN,
          Proc.isThere() ? Proc.processorSeconds(process.toHandle()) : Double.NaN,
          Proc.isThere() ? Proc.peakMiB(process.toHandle()) : Double.NaN);
    } finally {
      process.destroyForcibly();
    }
  }
}
