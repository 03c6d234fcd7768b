package io.tracestream.bench;

import io.tracestream.bench.Job.Sample;
import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Runs each job with its peers in turn, several rounds, and prints a table that is valid Markdown.
 * The first round warms up this JVM and the machine, and does not count.
 */
final class Comparison {
  private static final String ROW = "| %-16s | %-15s | %14s | %6s | %7s | %7s | %6s | %6s |%n";

  private final int rounds;
  private final PrintStream log;
  private final StringBuilder table = new StringBuilder();
  private boolean failed;

  /**
   * Nothing has run yet.
   *
   * @param rounds that count
   * @param log gets a line for each job, and for each peer that failed
   */
  Comparison(int rounds, PrintStream log) {
    this.rounds = rounds;
    this.log = log;
    row("job", "peer", "figure", "x best", "p50 us", "p99 us", "CPU s", "MiB");
    table.append(
        "|------------------|-----------------|---------------:|-------:|--------:|--------:"
            + "|-------:|-------:|\n");
  }

  /** Whether anybody has failed. */
  boolean failed() {
    return failed;
  }

  /** Runs a job. A peer that fails once does not run again, and has no figure. */
  void run(Job job, List<Peer> peers) throws InterruptedException {
    log.println("ts-bench: " + job.name() + " ...");
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    peers.forEach(peer -> samples.put(peer.name(), new ArrayList<>()));
    for (int round = 0; round <= rounds; round++) {
      for (Peer peer : peers) {
        if (samples.containsKey(peer.name())) {
          try {
            Sample sample = job.work().measure(peer);
            if (round > 0) {
              samples.get(peer.name()).add(sample);
            }
          } catch (IOException e) {
            log.println("ts-bench: " + job.name() + ": " + peer.name() + ": " + e.getMessage());
            failed = true;
            samples.remove(peer.name());
          }
        }
      }
    }
    samples.forEach((peer, list) -> row(
        job.name(),
        peer,
        number(median(list, Sample::figure)) + " " + job.unit().text,
        ratio(median(list, Sample::figure), best(job, peer, samples)),
        number(median(list, Sample::p50Micros)),
        number(median(list, Sample::p99Micros)),
        format("%.2f", median(list, Sample::processorSeconds)),
        number(median(list, Sample::peakMiB))));
  }

  /** The best figure of those others that record, or do not, like this peer; NaN without any. */
  private static double best(Job job, String peer, Map<String, List<Sample>> samples) {
    double[] sorted = samples.entrySet().stream()
        .filter(each -> !each.getKey().startsWith("ts") && !each.getKey().equals("direct"))
        .filter(each -> each.getKey().contains("-record") == peer.contains("-record"))
        .mapToDouble(each -> median(each.getValue(), Sample::figure))
        .sorted()
        .toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[job.unit().moreIsBetter ? sorted.length - 1 : 0];
  }

  /** The middle one, or the mean of the two in the middle. */
  static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
    double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** What figures depend on, the table, and what its columns mean. */
  String text(List<String> versions) {
    return Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name")
        + " " + System.getProperty("os.version") + ", Java " + Runtime.version()
        + String.join("", versions.stream().map(each -> ", " + each).toList()) + "; "
        + LocalDate.now(ZoneOffset.UTC) + "\n\n" + table + """

        Figures are medians over the rounds. x best: beside the best of the others, for -record of those
        that record. CPU s: processor seconds of the peer's processes in one run. MiB: the peak memory of
        each of them, added up.
        """;
  }

  private void row(Object... cells) {
    table.append(String.format(Locale.ROOT, ROW, cells).replace("\r", ""));
  }

  private static String ratio(double figure, double best) {
    return format("%.2f", figure / best);
  }

  private static String number(double value) {
    return format(value < 100 ? "%.1f" : "%.0f", value);
  }

  private static String format(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }
}
