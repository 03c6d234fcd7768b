package io.tracestream.bench;

import io.tracestream.bench.LoadJob.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** All that can be compared, by name. */
final class Jobs {
  /** A payload whose frame stays within 16 MiB, whatever the header. */
  private static final int LARGE = (16 << 20) - 16;

  private static final int IDLE = 10_000;

  private final Proxies proxies;
  private final Installed installed;
  private final double scale;
  private final Map<String, Maker> makers = new LinkedHashMap<>();

  /** Makes the jobs of one name; asks only then which programs are there. */
  private interface Maker {
    List<Job> make() throws InterruptedException;
  }

  /**
   * Of this machine.
   *
   * @param scale share of the full amount of work, above 0
   */
  Jobs(Proxies proxies, Installed installed, double scale) {
    this.proxies = proxies;
    this.installed = installed;
    this.scale = scale;
    load("flood", Kind.FLOOD, 10_240, 1, 1, 100_000);
    load("floodsmall", Kind.FLOOD, 64, 1, 1, 4_000_000);
    load("ping1", Kind.PING, 64, 1, 1, 20_000);
    load("ping64", Kind.PING, 64, 64, 1, 100_000);
    load("ping1000", Kind.PING, 64, 1000, 1, 100_000);
    load("pipe16", Kind.PING, 1024, 16, 16, 200_000);
    load("large", Kind.FLOOD, LARGE, 1, 1, 128);
    RecordingJobs recording = new RecordingJobs(proxies, installed);
    LoadJob flood = scaled("record", Kind.FLOOD, 10_240, 1, 1, 100_000);
    LoadJob pipe = scaled("recordpipe", Kind.PING, 10_240, 1, 16, 50_000);
    makers.put(flood.name(), () -> List.of(recording.job(flood)));
    makers.put(pipe.name(), () -> List.of(recording.job(pipe)));
    int frames = (int) Math.max(1, 100_000 * scale);
    makers.put("client_send", () -> List.of(ClientSendJob.job(frames, installed)));
    makers.put("startup", () -> List.of(StartupJob.job(proxies)));
    makers.put("idle", this::idle);
    makers.put("active", this::active);
    LoadJob accept = scaled("accept", Kind.ACCEPT, 64, 16, 1, 20_000);
    makers.put(accept.name(), () -> List.of(accept.with(proxies.forMany())));
  }

  /** Not fewer connections in a quick run: what a process needs once would be shared by too few. */
  private List<Job> idle() throws InterruptedException {
    int wanted = (int) Math.min(IDLE, Math.max(1, IDLE * scale * 5));
    int connections = Descriptors.connections(wanted);
    if (connections < wanted) {
      installed.note("idle: found descriptors for " + connections + " connections, expected "
          + wanted + "; raise the limit with: ulimit -n " + 3 * wanted);
    }
    return List.of(IdleJob.job(connections, proxies.forMany()));
  }

  private List<Job> active() throws InterruptedException {
    List<Peer> peers = proxies.forMany();
    return IntStream.of(10, 100, 1000, 5000)
        .map(Descriptors::connections)
        .distinct()
        .mapToObj(
            each -> scaled("active" + each, Kind.PING, 64, each, 1, 100_000).with(peers))
        .toList();
  }

  private void load(String name, Kind kind, int payload, int connections, int depth, int count) {
    LoadJob job = scaled(name, kind, payload, connections, depth, count);
    makers.put(name, () -> List.of(job.with(proxies.all())));
  }

  /** With a warm-up that is a fifth of the full count, if the job is not yet smaller than that. */
  private LoadJob scaled(
      String name, Kind kind, int payload, int connections, int depth, int full) {
    int count = Math.max((int) (full * scale), connections * depth);
    return new LoadJob(name, kind, payload, connections, depth, count, Math.min(full / 5, count));
  }

  Set<String> names() {
    return makers.keySet();
  }

  /** The jobs of these names, in their order. */
  List<Job> make(Collection<String> names) throws InterruptedException {
    List<Job> jobs = new ArrayList<>();
    for (String name : names) {
      jobs.addAll(makers.get(name).make());
    }
    return jobs;
  }
}
