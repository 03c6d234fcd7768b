package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Puts results into two tables: all figures, and ours beside the best of the others. */
final class Report {
  private final Table figures =
      new Table(2, "job", "peer", "figure", "x best", "p50 us", "p99 us", "CPU s", "s/GiB", "MiB");
  private final Table ours =
      new Table(2, "job", "peer", "figure", "p50", "p99", "CPU s", "MiB", "x plain", "x limit");

  void add(Job.Result result) {
    result.medians().forEach((entry, sample) -> {
      figures.row(figureCells(result, entry, sample));
      if (isCompared(result, entry)) {
        ours.row(ourCells(result, entry, sample));
      }
    });
  }

  /** Ours beside others, and whoever records beside the same who does not. */
  private static boolean isCompared(Job.Result result, Job.Entry entry) {
    return !Double.isNaN(plain(result, entry))
        || (entry.rank() == Rank.OURS
            && !Double.isNaN(best(result, Sample::figure, result.job().unit().moreIsBetter())));
  }

  /** Both tables, and what their columns mean. */
  String text() {
    return figures.text() + """

        Figures are medians over the rounds. `x best`: beside the best of the others. CPU s: processor
        seconds of the peer's processes in one run; s/GiB: the same for each GiB of payload. MiB: peak
        memory of each of the peer's processes, added up.
        """ + (ours.isEmpty() ? "" : "\n" + ours.text() + """

        Each number is a ratio to the best of the others in that column: more is better for rates, less
        for the rest. `x plain`: of the figure without recording; `x limit`: of the figure without a
        proxy, or of the plain write of the file.
        """);
  }

  private static String[] figureCells(Job.Result result, Job.Entry entry, Sample sample) {
    Job job = result.job();
    double best = best(result, Sample::figure, job.unit().moreIsBetter());
    return new String[] {
      job.name(),
      entry.peer(),
      number(sample.figure()) + " " + job.unit(),
      ratio(sample.figure(), best),
      number(sample.p50Micros()),
      number(sample.p99Micros()),
      seconds(sample.processorSeconds()),
      job.gib() == 0 ? "" : seconds(sample.processorSeconds() / job.gib()),
      number(sample.peakMiB())
    };
  }

  private static String[] ourCells(Job.Result result, Job.Entry entry, Sample sample) {
    boolean more = result.job().unit().moreIsBetter();
    return new String[] {
      result.job().name(),
      entry.peer(),
      ratio(sample.figure(), best(result, Sample::figure, more)),
      ratio(sample.p50Micros(), best(result, Sample::p50Micros, false)),
      ratio(sample.p99Micros(), best(result, Sample::p99Micros, false)),
      ratio(sample.processorSeconds(), best(result, Sample::processorSeconds, false)),
      ratio(sample.peakMiB(), best(result, Sample::peakMiB, false)),
      ratio(sample.figure(), plain(result, entry)),
      ratio(sample.figure(), ranked(result, List.of(Rank.LIMIT), Sample::figure, more))
    };
  }

  private static double best(Job.Result result, ToDoubleFunction<Sample> figure, boolean more) {
    return ranked(result, List.of(Rank.OTHER), figure, more);
  }

  /** The best figure of the entries of these ranks; NaN when there is none. */
  private static double ranked(
      Job.Result result, List<Rank> ranks, ToDoubleFunction<Sample> figure, boolean more) {
    double[] sorted = result.medians().entrySet().stream()
        .filter(each -> ranks.contains(each.getKey().rank()))
        .map(Map.Entry::getValue)
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .sorted()
        .toArray();
    return sorted.length == 0 ? Double.NaN : sorted[more ? sorted.length - 1 : 0];
  }

  /** The figure of the same program doing less: its entry's name is how this one's begins. */
  private static double plain(Job.Result result, Job.Entry entry) {
    return result.medians().entrySet().stream()
        .filter(each -> each.getKey().rank() == Rank.PLAIN)
        .filter(each -> entry.peer().startsWith(each.getKey().peer() + "-"))
        .mapToDouble(each -> each.getValue().figure())
        .findFirst()
        .orElse(Double.NaN);
  }

  private static String ratio(double figure, double best) {
    return Double.isNaN(figure / best) || best == 0
        ? ""
        : String.format(Locale.ROOT, "%.2f", figure / best);
  }

  private static String seconds(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  /** With a digit behind the point where the number is small. */
  private static String number(double value) {
    return Double.isNaN(value)
        ? "-"
        : String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
  }
}
