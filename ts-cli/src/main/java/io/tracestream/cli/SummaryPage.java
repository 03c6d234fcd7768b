package io.tracestream.cli;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.io.Writer;
import java.util.function.Function;
import java.util.function.LongFunction;

/** One screen that says what conversation a recording holds. */
final class SummaryPage implements StandardOutput.Text {
  private final String title;
  private final RecordingSummary summary;

  /** A page about what {@code summary} holds; {@code title} says of what file or part. */
  SummaryPage(String title, RecordingSummary summary) {
    this.title = VisibleText.line(title);
    this.summary = summary;
  }

  @Override
  public void writeTo(Writer out) throws IOException {
    out.write(Units.format(
        "%s: %s in %s, the first one after %s\n",
        title,
        Units.entries(summary.entries()),
        Units.time(summary.durationMicros()),
        Units.time(summary.startMicros())));
    writeTotals(out);
    writeTable(out, "payload bytes", DirectionSummary::payloadLengths, Long::toString);
    writeTable(out, "pause before", DirectionSummary::pauses, Units::time);
    out.write(Units.format(
        "\n%s of direction; an s2c entry stands right behind %d of %s\n",
        Units.count(summary.turns(), "change", "changes"),
        summary.answered(),
        Units.count(summary.of(Direction.C2S).entries(), "c2s entry", "c2s entries")));
  }

  private void writeTotals(Writer out) throws IOException {
    out.write(Units.format("\n%-13s%12s%18s%18s\n", "", "entries", "payload bytes", "longest run"));
    for (Direction direction : Direction.values()) {
      DirectionSummary way = summary.of(direction);
      out.write(Units.format(
          "%-13s%12d%18d%18d\n", direction, way.entries(), way.payloadBytes(), way.longestRun()));
    }
  }

  private void writeTable(
      Writer out,
      String name,
      Function<DirectionSummary, Distribution> of,
      LongFunction<String> shown)
      throws IOException {
    out.write(
        Units.format("\n%-13s%12s%12s%12s%12s%12s\n", name, "min", "p50", "p90", "p99", "max"));
    for (Direction direction : Direction.values()) {
      out.write(row(direction, of.apply(summary.of(direction)), shown));
    }
  }

  private static String row(Direction direction, Distribution of, LongFunction<String> shown) {
    long[] numbers = {of.min(), of.percentile(50), of.percentile(90), of.percentile(99), of.max()};
    StringBuilder row = new StringBuilder(Units.format("%-13s", direction));
    for (long number : numbers) {
      row.append(Units.format("%12s", of.count() == 0 ? "-" : shown.apply(number)));
    }
    return row.append('\n').toString();
  }
}
