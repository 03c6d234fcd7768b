package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A recording that is played without its pauses, beside what it cannot be quicker than: its sockets
 * alone, reading its file alone, and copying as many bytes in memory. Figures are MiB of payload in
 * both directions a second.
 *
 * @param jar our command line; its Java gets {@value #HEAP}
 * @param recording what is played
 * @param file where it stands
 * @param textLength bytes of the file
 */
record ReplayJob(Path jar, ReplayRecording recording, Path file, long textLength) {
  /** Far less than the file. */
  static final String HEAP = "-Xmx64m";

  private static final double MIB = 1 << 20;
  private static final int READ = 64 * 1024;
  private static final int COPY = 64 << 20;

  /** Writes the recording, and makes the job of playing it. */
  static ReplayJob create(Path jar, ReplayRecording recording, Path file) throws IOException {
    return new ReplayJob(jar, recording, file, recording.write(file));
  }

  Job job() {
    return new Job(
        "replay " + recording.payloadLength() + " B",
        Job.Unit.MIB_PER_SECOND,
        payloadMiB() / 1024,
        List.of(
            new Job.Entry("ts", Rank.OURS, this::replay),
            limit("sockets", this::sockets),
            limit("parse", this::parse),
            limit("read", this::read),
            limit("memcpy", this::copy)));
  }

  /** Does something once; gives the nanoseconds that it took. */
  private interface Work {
    long nanos() throws IOException;
  }

  private Job.Entry limit(String name, Work work) {
    return new Job.Entry(name, Rank.LIMIT, () -> Sample.of(rate(work.nanos())));
  }

  private double rate(long nanos) {
    return payloadMiB() / (nanos / 1e9);
  }

  double payloadMiB() {
    return recording.payloadBytes() / MIB;
  }

  double textMiB() {
    return textLength / MIB;
  }

  private Sample replay() throws IOException, InterruptedException {
    try (Place place = Place.create(0, 1);
        PeerProcess process = PeerProcess.start(peer(jar, file, "none"), place)) {
      double before = process.processorSeconds();
      double rate = rate(ReplayClient.play(process.address(), recording));
      return new Sample(
          rate, Double.NaN, Double.NaN, process.processorSeconds() - before, process.peakMiB());
    }
  }

  /** A replay of that file, with little memory. */
  static Peer peer(Path jar, Path file, String timing) {
    return new Peer(
        "ts",
        Rank.OURS,
        place -> List.of(
            Program.java(),
            HEAP,
            "-jar",
            jar.toString(),
            "replay",
            "--listen",
            "127.0.0.1:" + place.listen(),
            "--record",
            file.toString(),
            "--timing",
            timing));
  }

  private long sockets() throws IOException {
    try (BareReplies server = new BareReplies(recording)) {
      return ReplayClient.play(server.address(), recording);
    }
  }

  private long parse() throws IOException {
    long start = System.nanoTime();
    try (RecordingReader reader = new RecordingReader(
        Files.newInputStream(file), file.toString(), FrameFormat.LARGEST_PAYLOAD)) {
      long bytes = 0;
      for (var entry = reader.next(); entry != null; entry = reader.next()) {
        bytes += entry.payload().length;
      }
      if (bytes != recording.payloadBytes()) {
        throw new IOException(
            "parse: found " + bytes + " bytes, expected " + recording.payloadBytes());
      }
    }
    return System.nanoTime() - start;
  }

  private long read() throws IOException {
    long start = System.nanoTime();
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer.clear()) >= 0) {}
    }
    return System.nanoTime() - start;
  }

  private long copy() {
    ByteBuffer from = ByteBuffer.allocateDirect(COPY);
    ByteBuffer to = ByteBuffer.allocateDirect(COPY);
    to.put(from.clear()); // touches every page
    long start = System.nanoTime();
    for (long left = textLength; left > 0; left -= COPY) {
      to.clear().put(from.clear().limit((int) Math.min(left, COPY)));
    }
    return System.nanoTime() - start;
  }
}
