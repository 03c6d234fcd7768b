package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Nearby;
import io.tracestream.replay.Place;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Writes a report as JSON. Programs rely on its keys, which the documentation describes. */
final class JsonReport {
  /** Increases when a key is removed or changes its meaning. */
  private static final int VERSION = 1;

  /** How much of a payload is written, in bytes. */
  private static final int MOST_BYTES = 64 * 1024;

  private final Report report;
  private final JsonGenerator json;

  private JsonReport(Report report, JsonGenerator json) {
    this.report = report;
    this.json = json;
  }

  /** Writes it all to a stream that stays open. */
  static void write(Report report, OutputStream out) throws IOException {
    JsonGenerator json = JsonText.to(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    new JsonReport(report, json).write();
    json.writeRaw('\n');
    json.flush();
  }

  private void write() throws IOException {
    json.writeStartObject();
    json.writeNumberField("report", VERSION);
    text("command", report.command());
    text("recording", report.recording());
    text("started", report.started().toString());
    micros("tookMicros", report.took());
    json.writeBooleanField("passed", report.passed());
    verdict(report.verdict());
    json.writeNumberField("resultsLeftOut", report.resultsLeftOut());
    json.writeNumberField("mismatchesLeftOut", report.mismatchesLeftOut());
    json.writeArrayFieldStart("sessions");
    for (Report.Session session : report.sessions()) {
      session(session);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void verdict(Verdict verdict) throws IOException {
    json.writeNumberField("played", verdict.played());
    json.writeNumberField("matched", verdict.matched());
    json.writeNumberField("differed", verdict.differed());
    json.writeNumberField("incomplete", verdict.incomplete());
    json.writeNumberField("broken", verdict.broken());
    json.writeNumberField("faulted", verdict.faulted());
    json.writeNumberField("notPlayed", verdict.notPlayed());
    json.writeNumberField("entriesMatched", verdict.entriesMatched());
    json.writeNumberField("compared", verdict.compared());
    json.writeNumberField("open", verdict.open());
    json.writeNumberField("allowedFrames", verdict.allowedFrames());
    texts("unusedRules", verdict.unusedRules());
    json.writeNumberField("unusedRequests", verdict.unusedRequests());
    texts("unusedRequestPlaces", verdict.unusedRequestPlaces());
    texts("notes", verdict.notes());
    micros("longestLatenessMicros", verdict.longestLateness());
  }

  private void texts(String name, List<String> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(VisibleText.of(text));
    }
    json.writeEndArray();
  }

  private void session(Report.Session session) throws IOException {
    SessionResult result = session.result();
    json.writeStartObject();
    json.writeNumberField("connection", result.connection());
    text("peer", peer(result.peer()));
    text("recording", result.recording());
    text("outcome", word(result.outcome()));
    json.writeNumberField("entriesMatched", result.entriesMatched());
    json.writeNumberField("compared", result.compared());
    json.writeNumberField("open", result.open());
    micros("longestLatenessMicros", result.longestLateness());
    micros("tookMicros", result.took());
    text("message", session.message());
    text("damage", result.damage());
    if (result.mismatch() == null) {
      json.writeNullField("mismatch");
    } else {
      mismatch(result.mismatch(), session.explanation());
    }
    json.writeEndObject();
  }

  private void mismatch(Mismatch mismatch, String explanation) throws IOException {
    int offset = mismatch.offset();
    json.writeObjectFieldStart("mismatch");
    text("kind", word(mismatch.kind()));
    place(mismatch.place());
    number("offset", offset, offset >= 0);
    payload("expected", mismatch.expected() == null ? null : mismatch.expected().payload(), offset);
    payload("found", mismatch.found(), offset);
    text("reason", mismatch.reason());
    nearby(mismatch.nearby());
    differing(mismatch.differing());
    List<Field> ignored = mismatch.proposed().ignored();
    text("ignore", ignored.isEmpty() ? null : ignored.get(0).toString());
    json.writeArrayFieldStart("rules");
    for (String rule : mismatch.proposed().toString().lines().toList()) {
      json.writeString(rule);
    }
    json.writeEndArray();
    text("explanation", explanation);
    json.writeEndObject();
  }

  private void place(Place place) throws IOException {
    text("direction", place.direction().toString());
    json.writeNumberField("entry", place.entry());
    number("entries", place.entries(), place.entries() > 0);
    number("line", place.line(), place.line() > 0);
  }

  private void payload(String name, byte[] payload, int offset) throws IOException {
    if (payload == null) {
      json.writeNullField(name);
      return;
    }
    // Centred on the difference, as far as the ends allow.
    int last = Math.max(0, payload.length - MOST_BYTES);
    int from = Math.min(Math.max(0, offset - MOST_BYTES / 2), last);
    int to = Math.min(payload.length, from + MOST_BYTES);
    json.writeObjectFieldStart(name);
    json.writeNumberField("length", payload.length);
    json.writeNumberField("from", from);
    json.writeStringField("hex", HexFormat.of().formatHex(payload, from, to));
    json.writeEndObject();
  }

  private void differing(List<Field> places) throws IOException {
    json.writeArrayFieldStart("differing");
    for (Field place : places) {
      json.writeStartObject();
      json.writeNumberField("offset", place.offset());
      json.writeNumberField("length", place.length());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void nearby(Nearby nearby) throws IOException {
    if (nearby == null) {
      json.writeNullField("nearby");
      return;
    }
    json.writeObjectFieldStart("nearby");
    json.writeNumberField("entry", nearby.entry());
    json.writeNumberField("line", nearby.line());
    json.writeNumberField("steps", nearby.steps());
    json.writeEndObject();
  }

  private static String peer(InetSocketAddress peer) {
    return new HostPort(peer.getAddress().getHostAddress(), peer.getPort()).toString();
  }

  private void text(String name, String text) throws IOException {
    json.writeStringField(name, text == null ? null : VisibleText.of(text));
  }

  private void number(String name, long number, boolean known) throws IOException {
    if (known) {
      json.writeNumberField(name, number);
    } else {
      json.writeNullField(name);
    }
  }

  private void micros(String name, Duration duration) throws IOException {
    json.writeNumberField(name, duration.toNanos() / 1000);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
