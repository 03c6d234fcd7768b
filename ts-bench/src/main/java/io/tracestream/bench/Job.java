package io.tracestream.bench;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something to be measured with several peers.
 *
 * @param name as in the table
 * @param unit of the figures
 * @param peers the names of those who can do it
 * @param work does it once, in fresh processes
 */
record Job(String name, Unit unit, List<String> peers, Work work) {
  private static final List<String> ALL = List.of("direct", "ts", "haproxy", "nginx", "socat");
  /** Those that serve many connections with a few threads. */
  private static final List<String> FOR_MANY = List.of("ts", "haproxy", "nginx");

  private static final List<String> RECORDING = List.of(
      "ts",
      "ts-record",
      "ts-record-flush",
      "ts-record-gzip",
      "ts-record-dir",
      "socat",
      "socat-record",
      "limit-record");
  /** Those that can record several connections. */
  private static final List<String> RECORDING_MANY =
      List.of("ts", "ts-record-dir", "haproxy", "nginx", "socat", "socat-record");
  /** Where peers put their files: on a disk, if that is where temporary files go; and in memory. */
  private static final Path DISK = Path.of(System.getProperty("java.io.tmpdir"));

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final int PING = 64;
  private static final int REPLAYED = 1024;
  private static final int IDLE = 10_000;
  /** For what is open beside connections. */
  private static final long OTHER_DESCRIPTORS = 400;
  /** Before the measured load, for the peer's own threads to come to rest. */
  private static final long PAUSE_MILLIS = 200;

  private static final Pattern MIB_PER_SECOND = Pattern.compile("MiB/s: ([0-9.]+)");

  /** What a figure counts. */
  enum Unit {
    MIB("MiB/s", true),
    ROUND_TRIPS("rt/s", true),
    CONNECTIONS("conn/s", true),
    KIB("KiB each", false),
    MILLIS("ms", false);

    final String text;
    final boolean moreIsBetter;

    Unit(String text, boolean moreIsBetter) {
      this.text = text;
      this.moreIsBetter = moreIsBetter;
    }
  }

  /** Measures once. */
  interface Work {
    Sample measure(Peer peer) throws IOException, InterruptedException;
  }

  /** Opens a load. */
  private interface Connect {
    Load to(PeerProcess process) throws IOException;
  }

  /**
   * What one run gave. A figure that was not measured is NaN.
   *
   * @param figure in the unit of the job
   * @param p50Micros median of the round trips, in microseconds
   * @param p99Micros 99th percentile of the round trips, in microseconds
   * @param processorSeconds used by the peer's processes
   * @param peakMiB the most memory that they ever had resident
   */
  record Sample(
      double figure, double p50Micros, double p99Micros, double processorSeconds, double peakMiB) {
    static Sample of(double figure) {
      return new Sample(figure, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
  }

  /**
   * All that can be compared.
   *
   * @param jar our command line
   * @param scale share of the full amount of work, above 0
   */
  static List<Job> all(Path jar, double scale) {
    return List.of(
        flood("flood", ALL, DISK, 10_240, (int) (100_000 * scale)),
        flood("floodsmall", ALL, DISK, 64, (int) (4_000_000 * scale)),
        ping("ping1", ALL, PING, 1, 1, (int) (20_000 * scale)),
        ping("ping64", ALL, PING, 64, 1, (int) (100_000 * scale)),
        ping("ping1000", ALL, PING, 1000, 1, (int) (100_000 * scale)),
        ping("pipe16", ALL, 1024, 16, 16, (int) (200_000 * scale)),
        flood("record", RECORDING, DISK, 10_240, (int) (100_000 * scale)),
        flood("recordtmpfs", RECORDING, MEMORY, 10_240, (int) (100_000 * scale)),
        flood("recordsmall", RECORDING, DISK, 64, (int) (4_000_000 * scale)),
        flood("recordsmalltmpfs", RECORDING, MEMORY, 64, (int) (4_000_000 * scale)),
        ping("recordping64", RECORDING_MANY, PING, 64, 1, (int) (100_000 * scale)),
        ping("recordpipe", RECORDING_MANY, 1024, 16, 16, (int) (200_000 * scale)),
        replay(jar, Math.max(1, (int) (500_000 * scale))),
        clientSend(Math.max(1, (int) (100_000 * scale))),
        startup(),
        idle((int) Math.min(IDLE, Math.max(1, IDLE * scale * 5))),
        accept((int) (20_000 * scale)));
  }

  private static Job flood(String name, List<String> peers, Path place, int payload, int count) {
    return new Job(name, Unit.MIB, peers, peer -> {
      try (SinkServer sink = new SinkServer()) {
        return load(
            Unit.MIB,
            peer,
            place,
            sink.address().getPort(),
            process -> new Flood(process.address(), sink, payload),
            Math.max(1, count),
            payload);
      }
    });
  }

  private static Job ping(
      String name, List<String> peers, int payload, int connections, int depth, int count) {
    return echoed(
        name,
        Unit.ROUND_TRIPS,
        peers,
        process -> new Ping(process.address(), payload, connections, depth),
        Math.max(count, connections * depth));
  }

  private static Job accept(int count) {
    return echoed(
        "accept",
        Unit.CONNECTIONS,
        FOR_MANY,
        process -> new Visits(process.address(), PING, 16),
        Math.max(count, 16));
  }

  private static Job echoed(
      String name, Unit unit, List<String> peers, Connect connect, int count) {
    return new Job(name, unit, peers, peer -> {
      try (EchoServer echo = new EchoServer()) {
        return load(unit, peer, DISK, echo.address().getPort(), connect, count, 0);
      }
    });
  }

  /** Warms up the peer, which is a fresh process, and measures. */
  private static Sample load(
      Unit unit, Peer peer, Path place, int target, Connect connect, int count, int payload)
      throws IOException, InterruptedException {
    try (PeerProcess process = new PeerProcess(peer, target, place)) {
      try (Load warmUp = connect.to(process)) {
        warmUp.send(count);
      }
      Thread.sleep(PAUSE_MILLIS);
      try (Load load = connect.to(process)) {
        double before = process.processorSeconds();
        Load.Timed timed = load.send(count);
        // Asked while connections are open: some peers have a process for each.
        return new Sample(
            count / (timed.nanos() / 1e9) * (unit == Unit.MIB ? payload / (double) (1 << 20) : 1),
            timed.p50Nanos() == 0 ? Double.NaN : timed.p50Nanos() / 1e3,
            timed.p99Nanos() == 0 ? Double.NaN : timed.p99Nanos() / 1e3,
            process.processorSeconds() - before,
            process.peakMiB());
      }
    }
  }

  /** Plays a recording in which each request comes back, to a client that sends all it has. */
  private static Job replay(Path jar, int pairs) {
    Peer replay = new Peer("ts", (folder, listen, target) -> {
      Path file = Peer.recording(folder);
      ByteBuffer payload = Load.frames(REPLAYED, 1).position(Load.HEADER_LENGTH);
      try (RecordingWriter writer = RecordingWriter.create(file)) {
        for (int i = 0; i < pairs; i++) {
          writer.write(2L * i, Direction.C2S, payload);
          writer.write(2L * i + 1, Direction.S2C, payload);
        }
      }
      List<String> command = new ArrayList<>(Peer.ts(
          jar,
          "replay",
          "--listen",
          Peer.local(listen),
          "--record",
          file.toString(),
          "--timing",
          "none"));
      // a heap smaller than the recording, beside the options that ts_proxy has
      command.add(1, "JDK_JAVA_OPTIONS=-Xmx64m");
      return command;
    });
    return new Job("replay", Unit.MIB, List.of("direct", "ts"), peer -> {
      try (EchoServer echo = new EchoServer()) {
        return load(
            Unit.MIB,
            peer == Peer.DIRECT ? peer : replay,
            DISK,
            echo.address().getPort(),
            process -> new Flood(process.address(), null, REPLAYED),
            pairs,
            2 * REPLAYED); // there and back
      }
    });
  }

  /** Our {@code client_send} beside the same on tokio, which {@code scripts/bench.sh} builds. */
  private static Job clientSend(int count) {
    List<String> peers = List.of("ts", "tokio-single", "tokio-multi", "tokio-buffered");
    return new Job("client_send", Unit.MIB, peers, peer -> {
      String frames = Integer.toString(count);
      String output = peer.name().equals("ts")
          ? Peer.output(
              Peer.java(),
              "-cp",
              System.getProperty("java.class.path"),
              Main.class.getName(),
              "client_send",
              "--count",
              frames,
              "--rounds",
              "3")
          : Peer.output(
              Main.tokio().toString(), peer.name().replaceFirst("tokio-", ""), frames, "3");
      Matcher figure = MIB_PER_SECOND.matcher(output);
      if (!figure.find()) {
        throw new IOException("it said no MiB/s, but: " + output.strip());
      }
      return Sample.of(Double.parseDouble(figure.group(1)));
    });
  }

  /** Until it listens. */
  private static Job startup() {
    return new Job("startup", Unit.MILLIS, List.of("ts"), peer -> {
      long start = System.nanoTime();
      try (PeerProcess process = new PeerProcess(peer, 1, DISK)) {
        double millis = (System.nanoTime() - start) / 1e6;
        return new Sample(
            millis, Double.NaN, Double.NaN, process.processorSeconds(), process.peakMiB());
      }
    });
  }

  /** What a connection costs on which nothing happens, after one round trip on each. */
  private static Job idle(int wanted) {
    long descriptors = ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
    int connections = (int) Math.max(1, Math.min(wanted, (descriptors - OTHER_DESCRIPTORS) / 2));
    return new Job("idle" + (connections < IDLE ? connections : ""), Unit.KIB, FOR_MANY, peer -> {
      try (EchoServer echo = new EchoServer();
          PeerProcess process = new PeerProcess(peer, echo.address().getPort(), DISK)) {
        double before = process.residentMiB();
        try (Load load = new Ping(process.address(), PING, connections, 1)) {
          load.send(1); // the other ones are idle
          return new Sample(
              (process.residentMiB() - before) * 1024 / connections,
              Double.NaN,
              Double.NaN,
              process.processorSeconds(),
              process.peakMiB());
        }
      }
    });
  }
}
