package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * Shows payloads that are JSON in UTF-8, indented: one document, or several with blanks or line
 * ends between them. Numbers stay as they were written.
 */
public final class JsonDecoder implements PayloadDecoder {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final DefaultPrettyPrinter INDENTED = new DefaultPrettyPrinter(
          Separators.createDefaultInstance()
              .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
              .withRootSeparator("\n"))
      .withObjectIndenter(new Indenter());

  /** Leaves deeper levels where they are, which could take a thousand times the payload's size. */
  private static final class Indenter extends DefaultIndenter {
    private static final long serialVersionUID = 1;
    private static final int MOST_LEVELS = 40;

    private Indenter() {
      super("  ", "\n");
    }

    @Override
    public void writeIndentation(JsonGenerator to, int level) throws IOException {
      super.writeIndentation(to, Math.min(level, MOST_LEVELS));
    }
  }

  /** For the service loader. */
  public JsonDecoder() {}

  @Override
  public String name() {
    return "json";
  }

  @Override
  public List<String> decode(Direction direction, byte[] payload) {
    String text = Utf8.decode(payload);
    if (text == null || text.isBlank()) {
      return List.of();
    }
    StringWriter indented = new StringWriter();
    try (JsonParser parser = FACTORY.createParser(text);
        JsonGenerator json = FACTORY.createGenerator(indented)) {
      json.setPrettyPrinter(INDENTED.createInstance());
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isNumeric()) {
          json.writeNumber(parser.getText());
        } else {
          json.copyCurrentEvent(parser);
        }
      }
    } catch (IOException e) {
      return List.of(); // not JSON
    }
    return indented.toString().lines().toList();
  }
}
