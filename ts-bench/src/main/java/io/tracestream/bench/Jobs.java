package io.tracestream.bench;

import io.tracestream.bench.LoadJob.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that can be compared, by name. */
final class Jobs {
  private final Proxies proxies;
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
  Jobs(Proxies proxies, double scale) {
    this.proxies = proxies;
    this.scale = scale;
    load("flood", Kind.FLOOD, 10_240, 1, 1, 100_000);
    load("floodsmall", Kind.FLOOD, 64, 1, 1, 4_000_000);
    load("ping1", Kind.PING, 64, 1, 1, 20_000);
    load("ping64", Kind.PING, 64, 64, 1, 100_000);
    load("ping1000", Kind.PING, 64, 1000, 1, 100_000);
    load("pipe16", Kind.PING, 1024, 16, 16, 200_000);
  }

  /** With a warm-up that is a fifth of the full count, if the job is not yet smaller than that. */
  private void load(String name, Kind kind, int payload, int connections, int depth, int full) {
    int count = Math.max((int) (full * scale), connections * depth);
    int warmUp = Math.min(full / 5, count);
    makers.put(
        name,
        () -> List.of(new LoadJob(name, kind, payload, connections, depth, count, warmUp)
            .with(proxies.all())));
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
