package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A load that is recorded while it passes: beside the same proxies without recording, and beside
 * the plain write of a file like the one that ours makes.
 */
final class RecordingJobs {
  private static final int WRITE = 256 * 1024;
  /** Time, direction, two tabs and a line end: about as many bytes beside the hex of a payload. */
  private static final int LINE_OVERHEAD = 20;

  private final Proxies proxies;
  private final Installed installed;

  RecordingJobs(Proxies proxies, Installed installed) {
    this.proxies = proxies;
    this.installed = installed;
  }

  /** The load with and without a recording. */
  Job job(LoadJob load) throws InterruptedException {
    installed.note("recording: files go to " + System.getProperty("java.io.tmpdir")
        + " and are removed after each run");
    Job job = load.with(peers());
    List<Job.Entry> entries = new ArrayList<>(job.entries());
    entries.add(new Job.Entry("write", Rank.LIMIT, () -> write(load)));
    return new Job(job.name(), job.unit(), job.gib(), entries);
  }

  private List<Peer> peers() throws InterruptedException {
    List<Peer> peers = new ArrayList<>(List.of(
        new Peer("ts", Rank.PLAIN, proxies.ts()),
        new Peer("ts-record", Rank.OURS, place -> ts(place)),
        new Peer("ts-flush", Rank.OURS, place -> ts(place, "--flush-recording"))));
    installed.socat().ifPresent(socat -> {
      peers.add(new Peer("socat", Rank.PLAIN, place -> Proxies.socat(socat, place)));
      peers.add(new Peer(
          "socat-record",
          Rank.OTHER,
          place -> Proxies.socat(socat, place, "-r", place.recording(), "-R", place.recording())));
    });
    installed
        .mitmdump()
        .ifPresent(program ->
            peers.add(new Peer("mitmdump", Rank.OTHER, place -> mitmdump(program, place))));
    return peers;
  }

  private List<String> ts(Place place, String... flags) throws IOException {
    List<String> command = new ArrayList<>(proxies.ts().command(place));
    command.addAll(List.of("--record", place.recording()));
    command.addAll(List.of(flags));
    return command;
  }

  /** Version 8 knows raw TCP only as an exception from HTTP. */
  private List<String> mitmdump(Path program, Place place) {
    boolean old = installed.versions().stream().anyMatch(each -> each.startsWith("mitmdump 8."));
    String scheme = old ? "http" : "tcp";
    return List.of(
        program.toString(),
        "-q",
        "--mode",
        "reverse:" + scheme + "://127.0.0.1:" + place.target(),
        "--tcp-hosts",
        ".*",
        "--listen-host",
        "127.0.0.1",
        "-p",
        "" + place.listen(),
        "-w",
        place.recording());
  }

  /** Writes as many bytes as the recording would have; the figure is in payload or round trips. */
  private static Sample write(LoadJob load) throws IOException {
    int frames = load.kind() == LoadJob.Kind.PING ? 2 : 1; // there and back
    long bytes = (long) load.count() * frames * (2L * load.payload() + LINE_OVERHEAD);
    ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE);
    try (Place place = Place.create(0, 0);
        FileChannel file = FileChannel.open(
            Path.of(place.recording()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long start = System.nanoTime();
      for (long left = bytes; left > 0; left -= WRITE) {
        buffer.clear().limit((int) Math.min(WRITE, left));
        while (buffer.hasRemaining()) {
          file.write(buffer);
        }
      }
      return Sample.of(load.figure(System.nanoTime() - start));
    }
  }
}
