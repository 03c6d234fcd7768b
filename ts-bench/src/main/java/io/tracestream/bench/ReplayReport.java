package io.tracestream.bench;

import java.util.Locale;

/** Puts the results of playing recordings into one table. */
final class ReplayReport {
  private final Table table = new Table(
      2,
      "job",
      "what",
      "frames/s",
      "MiB/s",
      "text MiB/s",
      "p50 us",
      "p99 us",
      "max ms",
      "CPU s",
      "MiB");

  /** How quick a recording was played, and what it cannot be quicker than. */
  void add(ReplayJob job, Job.Result result) {
    result.medians().forEach((entry, sample) -> {
      double seconds = job.payloadMiB() / sample.figure();
      table.row(
          result.job().name(),
          entry.peer(),
          number(2 * job.recording().pairs() / seconds),
          number(sample.figure()),
          number(job.textMiB() / seconds),
          "",
          "",
          "",
          number(sample.processorSeconds()),
          number(sample.peakMiB()));
    });
  }

  /** How late replies came. */
  void add(Job.Result result) {
    result
        .medians()
        .forEach((entry, sample) -> table.row(
            result.job().name(),
            entry.peer(),
            "",
            "",
            "",
            number(sample.p50Micros()),
            number(sample.p99Micros()),
            number(sample.figure()),
            number(sample.processorSeconds()),
            number(sample.peakMiB())));
  }

  /** The table, and what its columns mean. */
  String text() {
    return table.text() + """

        Medians over the rounds. MiB/s: payload, both directions; text: of the recording. p50, p99, max:
        how late replies came, the way from the client and back included. CPU s and MiB: processor
        seconds and peak memory of the replay's process, which runs with %s. sockets: the same client
        and a server that only sends; parse, read: the file's entries, the file's bytes; memcpy: as
        many bytes in memory.
        """.formatted(ReplayJob.HEAP);
  }

  private static String number(double value) {
    return Double.isNaN(value)
        ? ""
        : String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }
}
