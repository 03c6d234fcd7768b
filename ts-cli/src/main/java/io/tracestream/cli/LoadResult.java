package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tracestream.replay.LoadStats;
import io.tracestream.replay.LoadStats.Problem;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How a load went, for people and for programs.
 *
 * @param recording what was played, as the user named it
 * @param clients how many clients played
 * @param rate requests per second that were asked for; null for none
 * @param started when it began
 * @param limits what makes it fail
 * @param measured what was measured
 */
record LoadResult(
    Path recording,
    int clients,
    Double rate,
    Instant started,
    List<LoadLimit> limits,
    LoadLimit.Measured measured) {
  /** Increases when a key of the JSON is removed or changes its meaning. */
  private static final int VERSION = 1;

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

  boolean passed() {
    return hasResult() && limits.stream().noneMatch(limit -> limit.isBroken(measured));
  }

  /** Whether something was asked, and answered if that was recorded. */
  private boolean hasResult() {
    return stats().requests() > 0 && (stats().replies() > 0 || stats().verdict().matched() > 0);
  }

  private LoadStats stats() {
    return measured.stats();
  }

  // For people.

  /** The summary, without a line end. */
  String text() {
    LoadStats stats = stats();
    Verdict verdict = stats.verdict();
    StringBuilder text = new StringBuilder();
    text.append(Units.count(clients, "client", "clients"))
        .append(" played ")
        .append(Units.count(verdict.played(), "conversation", "conversations"))
        .append(" in ")
        .append(Units.time(stats.elapsed().toNanos() / 1000))
        .append(": ")
        .append(verdict.matched())
        .append(" matched, ")
        .append(Units.count(stats.count(Problem.MISMATCH), "mismatch", "mismatches"))
        .append(", ")
        .append(Units.count(stats.errors(), "error", "errors"));
    if (verdict.incomplete() > 0) {
      text.append(", ").append(verdict.incomplete()).append(" stopped at the end");
    }
    text.append(Units.format(
        "%nrequests: %d sent (%.1f/s), %d answered (%.1f/s); %s sent, %s received",
        stats.requests(),
        LoadLimit.perSecond(stats.requests(), stats.elapsed()),
        stats.replies(),
        LoadLimit.perSecond(stats.replies(), stats.elapsed()),
        Units.bytes(stats.bytesSent()),
        Units.bytes(stats.bytesReceived())));
    if (stats.overdue() > 0) {
      text.append("\noverdue: ")
          .append(Units.count(stats.overdue(), "request was", "requests were"))
          .append(" due and could not be sent, as replies were late; use more clients if the"
              + " server should get them");
    }
    text.append("\nlatency: ").append(latencies());
    if (stats.errors() > 0) {
      text.append("\nerrors: ").append(errors());
    }
    verdict.unusedRules().forEach(rule -> line(text, "this rule never applied: " + rule));
    verdict.notes().forEach(note -> line(text, "note: " + note));
    if (!hasResult()) {
      line(text, "failed: no " + (stats.requests() == 0 ? "request was counted" : "reply came"));
    }
    for (LoadLimit limit : limits) {
      if (limit.isBroken(measured)) {
        line(text, "failed: " + limit.text() + ": " + limit.found(measured));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append('\n').append(VisibleText.line(line));
  }

  private String latencies() {
    Histogram all = measured.latencies();
    if (all.getTotalCount() == 0) {
      return "no reply came";
    }
    StringBuilder text = new StringBuilder();
    for (double percentile : PERCENTILES) {
      text.append(name(percentile))
          .append(' ')
          .append(time(all.getValueAtPercentile(percentile)))
          .append(", ");
    }
    return text + "max " + time(all.getMaxValue());
  }

  private static String name(double percentile) {
    return "p" + (percentile == (int) percentile ? "" + (int) percentile : "" + percentile);
  }

  private static String time(double nanos) {
    return Units.time(Math.round(nanos / 1000));
  }

  private String errors() {
    StringBuilder text = new StringBuilder();
    for (Problem problem : Problem.values()) {
      long count = problem == Problem.MISMATCH ? 0 : stats().count(problem);
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(word(problem));
      }
    }
    return text.toString();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** What a page shows, with the sessions that were kept. */
  Report report(List<Report.Session> sessions) {
    Verdict verdict = stats().verdict();
    return new Report(
        "load",
        recording.toString(),
        passed(),
        started,
        stats().elapsed(),
        verdict,
        sessions,
        verdict.played() - sessions.size());
  }

  // For programs.

  /** Writes a JSON document to a stream that stays open. */
  void writeJson(OutputStream out) throws IOException {
    JsonGenerator json = JsonText.to(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    LoadStats stats = stats();
    Verdict verdict = stats.verdict();
    json.writeStartObject();
    json.writeNumberField("report", VERSION);
    json.writeStringField("command", "load");
    json.writeStringField("recording", VisibleText.of(recording.toString()));
    json.writeStringField("started", started.toString());
    json.writeNumberField("tookMicros", stats.elapsed().toNanos() / 1000);
    json.writeBooleanField("passed", passed());
    json.writeNumberField("clients", clients);
    if (rate == null) {
      json.writeNullField("rate");
    } else {
      json.writeNumberField("rate", rate);
    }
    json.writeNumberField("connections", stats.connections());
    json.writeNumberField("played", verdict.played());
    json.writeNumberField("matched", verdict.matched());
    json.writeNumberField("incomplete", verdict.incomplete());
    json.writeNumberField("requests", stats.requests());
    json.writeNumberField("replies", stats.replies());
    json.writeNumberField("overdue", stats.overdue());
    json.writeNumberField("bytesSent", stats.bytesSent());
    json.writeNumberField("bytesReceived", stats.bytesReceived());
    json.writeNumberField("mismatches", stats.count(Problem.MISMATCH));
    json.writeObjectFieldStart("errors");
    for (Problem problem : Problem.values()) {
      if (problem != Problem.MISMATCH) {
        json.writeNumberField(key(problem), stats.count(problem));
      }
    }
    json.writeEndObject();
    writeLatency(json);
    json.writeArrayFieldStart("limits");
    for (LoadLimit limit : limits) {
      json.writeStartObject();
      json.writeStringField("limit", limit.text());
      json.writeBooleanField("broken", limit.isBroken(measured));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("firstMismatches");
    for (Mismatch mismatch : verdict.mismatches()) {
      json.writeString(VisibleText.of(mismatch.toString()));
    }
    json.writeEndArray();
    writeTexts(json, "unusedRules", verdict.unusedRules());
    writeTexts(json, "notes", verdict.notes());
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  private static String key(Problem problem) {
    return problem == Problem.TIMED_OUT ? "timedOut" : word(problem);
  }

  private static void writeTexts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(VisibleText.of(text));
    }
    json.writeEndArray();
  }

  private void writeLatency(JsonGenerator json) throws IOException {
    Histogram all = measured.latencies();
    if (all.getTotalCount() == 0) {
      json.writeNullField("latencyMicros");
      return;
    }
    json.writeObjectFieldStart("latencyMicros");
    writeMicros(json, "min", all.getMinValue());
    writeMicros(json, "mean", all.getMean());
    for (double percentile : PERCENTILES) {
      writeMicros(json, name(percentile), all.getValueAtPercentile(percentile));
    }
    writeMicros(json, "max", all.getMaxValue());
    json.writeEndObject();
  }

  private static void writeMicros(JsonGenerator json, String name, double nanos)
      throws IOException {
    json.writeNumberField(name, Math.round(nanos / 100) / 10.0);
  }
}
