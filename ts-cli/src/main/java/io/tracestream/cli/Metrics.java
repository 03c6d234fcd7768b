package io.tracestream.cli;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tracestream.proxy.ProxyStats;
import io.tracestream.recording.Direction;
import io.tracestream.replay.ReplayStats;
import io.tracestream.replay.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code /metrics} shows: figures of one moment, named as Prometheus wants it. */
final class Metrics {
  private static final String PREFIX = "tsproxy_";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Instant STARTED =
      ProcessHandle.current().info().startInstant().orElseGet(Instant::now);

  private final List<MetricSnapshot> all = new ArrayList<>();

  private Metrics() {
    String version = Main.class.getPackage().getImplementationVersion();
    all.add(InfoSnapshot.builder()
        .name(PREFIX + "build")
        .help("The program.")
        .dataPoint(InfoDataPointSnapshot.builder()
            .labels(Labels.of("version", version == null ? "unknown" : version))
            .build())
        .build());
    all.add(GaugeSnapshot.builder()
        .name("process_start_time_seconds")
        .help("When the process was started, in seconds since 1970.")
        .dataPoint(GaugeDataPointSnapshot.builder()
            .value(STARTED.toEpochMilli() / 1000.0)
            .build())
        .build());
    count("log_lines_dropped", "Log lines that stderr did not take.", StandardError.droppedLines());
  }

  /** The figures of a proxy. */
  static MetricSnapshots of(ProxyStats stats, long failed, long rejected, boolean isRecording) {
    Metrics metrics = new Metrics();
    metrics.count("connections", "Connections that were served.", stats.connections());
    metrics.gauge("open_connections", "Connections that are open.", stats.openConnections());
    metrics.count("connection_failures", "Connections that failed, with a warning.", failed);
    Map<Direction, Long> frames = new EnumMap<>(Direction.class);
    Map<Direction, Long> bytes = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      frames.put(direction, stats.frames(direction));
      bytes.put(direction, stats.bytes(direction));
    }
    metrics.traffic(frames, bytes);
    if (isRecording) {
      metrics.count(
          "clients_rejected", "Clients rejected as one file records one at a time.", rejected);
      metrics.count(
          "recorded_bytes",
          "Bytes of recordings: in the files, or on their way there.",
          stats.recordedBytes());
      metrics.gauge(
          "recording_unwritten_bytes",
          "Bytes of recordings that wait in memory to be written.",
          stats.unwrittenBytes());
    }
    metrics.delay(stats.eventLoopDelay());
    return new MetricSnapshots(metrics.all);
  }

  /** The figures of a replay. */
  static MetricSnapshots of(ReplayStats stats, Verdict verdict) {
    Metrics metrics = new Metrics();
    Map<String, Long> outcomes = new LinkedHashMap<>();
    outcomes.put("matched", verdict.matched());
    outcomes.put("differed", verdict.differed());
    outcomes.put("incomplete", verdict.incomplete());
    outcomes.put("broken", verdict.broken());
    outcomes.put("faulted", verdict.faulted());
    metrics.count("sessions", "Connections that ended, by their outcome.", "outcome", outcomes);
    metrics.count("mismatches", "Frames that differed from the recording.", verdict.differed());
    metrics.gauge("open_connections", "Connections that are open.", stats.openConnections());
    metrics.traffic(Map.of(Direction.C2S, stats.frames()), Map.of(Direction.C2S, stats.bytes()));
    metrics.count("entries_matched", "Entries that a frame matched.", verdict.entriesMatched());
    metrics.count("compared_bytes", "Payload bytes that were compared.", verdict.compared());
    metrics.count("open_bytes", "Payload bytes that rules leave open.", verdict.open());
    metrics.gauge(
        "longest_lateness_seconds",
        "The longest time by which a frame was sent later than recorded.",
        seconds(verdict.longestLateness()));
    metrics.delay(stats.eventLoopDelay());
    return new MetricSnapshots(metrics.all);
  }

  private void traffic(Map<Direction, Long> frames, Map<Direction, Long> bytes) {
    count("frames", "Whole frames that came.", "direction", frames);
    count("frame_bytes", "Bytes of whole frames that came, headers included.", "direction", bytes);
  }

  private void delay(Duration delay) {
    gauge(
        "event_loop_delay_seconds",
        "How long the busiest event loop took to come to this question.",
        seconds(delay));
  }

  private static double seconds(Duration time) {
    return time.toNanos() / NANOS_PER_SECOND;
  }

  private void count(String name, String help, long value) {
    add(name, help, List.of(CounterDataPointSnapshot.builder().value(value).build()));
  }

  private void count(String name, String help, String label, Map<?, Long> values) {
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    values.forEach((key, value) -> points.add(CounterDataPointSnapshot.builder()
        .labels(Labels.of(label, key.toString()))
        .value(value)
        .build()));
    add(name, help, points);
  }

  private void add(String name, String help, List<CounterDataPointSnapshot> points) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(PREFIX + name).help(help);
    points.forEach(counter::dataPoint);
    all.add(counter.build());
  }

  private void gauge(String name, String help, double value) {
    all.add(GaugeSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build());
  }
}
