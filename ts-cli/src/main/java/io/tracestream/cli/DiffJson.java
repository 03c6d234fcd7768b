package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.rules.Rules;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Says how two recordings compare, as a JSON document that is written change by change. */
final class DiffJson implements Closeable {
  private final JsonGenerator json;

  /** A document on a writer that stays open. */
  DiffJson(Writer out) throws IOException {
    json = new JsonFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setPrettyPrinter(
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
  }

  void begin(String nameOfA, String nameOfB, Rules rules) throws IOException {
    json.writeStartObject();
    json.writeStringField("a", nameOfA);
    json.writeStringField("b", nameOfB);
    json.writeObjectFieldStart("rules");
    texts("ignore", rules.ignored());
    texts("copy", rules.copied());
    json.writeEndObject();
    json.writeArrayFieldStart("changes");
  }

  private void texts(String name, List<?> items) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object item : items) {
      json.writeString(item.toString());
    }
    json.writeEndArray();
  }

  void add(Change change) {
    try {
      json.writeStartObject();
      json.writeStringField("kind", change.kind().toString().toLowerCase(Locale.ROOT));
      json.writeStringField("direction", change.direction().toString());
      side("a", change.a());
      side("b", change.b());
      ranges("differing", change.differing());
      ranges("open", change.open());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void side(String name, Change.Side side) throws IOException {
    if (side == null) {
      json.writeNullField(name);
      return;
    }
    json.writeObjectFieldStart(name);
    json.writeNumberField("entry", side.entry());
    json.writeNumberField("line", side.line());
    json.writeNumberField("length", side.payload().length);
    json.writeStringField("payload", HexFormat.of().formatHex(side.payload()));
    json.writeEndObject();
  }

  private void ranges(String name, List<Change.Range> ranges) throws IOException {
    json.writeArrayFieldStart(name);
    for (Change.Range range : ranges) {
      json.writeStartObject();
      json.writeNumberField("offset", range.offset());
      json.writeNumberField("length", range.length());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  void end(DiffSummary summary) throws IOException {
    json.writeEndArray();
    json.writeObjectFieldStart("summary");
    json.writeBooleanField("identical", summary.isSame());
    json.writeNumberField("entriesA", summary.entriesOfA());
    json.writeNumberField("entriesB", summary.entriesOfB());
    json.writeNumberField("same", summary.same());
    json.writeNumberField("changed", summary.changed());
    json.writeNumberField("added", summary.added());
    json.writeNumberField("removed", summary.removed());
    json.writeEndObject();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  /** Writes what is left; a document that was given up is closed without its summary. */
  @Override
  public void close() throws IOException {
    json.close();
  }
}
