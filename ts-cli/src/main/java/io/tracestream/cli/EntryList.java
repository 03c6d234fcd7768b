package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tracestream.recording.RecordingReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Lists the entries of recordings that the user asked for, in bounded memory. For one thread. */
final class EntryList {
  private static final String COLUMNS = " entry    line      time s dir    bytes";
  private static final String FOUND = "       at";

  private final EntryOptions options;
  private final Decoders decoders;
  private long listed;

  EntryList(EntryOptions options, Decoders decoders) {
    this.options = options;
    this.decoders = decoders;
  }

  /** How many entries were listed so far. */
  long listed() {
    return listed;
  }

  /**
   * Lists entries of a recording.
   *
   * @param reader at its beginning
   * @param title a line above them, if there are any; null for none
   */
  void write(RecordingReader reader, String title, Writer out) throws IOException {
    long entry = 0;
    try (Output output = options.json() ? new Json(out) : new Lines(title, out)) {
      while (!options.isLast(entry) && reader.advance()) {
        entry++;
        if (options.wants(entry, reader.direction())) {
          ByteBuffer payload = reader.payload();
          int found = options.find(payload);
          if (found >= 0) {
            listed++;
            output.add(entry, reader, payload, found);
          }
        }
      }
    }
    if (entry == 0 && options.json()) {
      Failures.say(noEntry(reader.fileName()));
    } else if (entry == 0) {
      out.write(noEntry(reader.fileName()) + "\n");
    }
  }

  /** What is said of a file without an entry. */
  static String noEntry(String name) {
    return VisibleText.line(name) + ": is not a recording: no entry";
  }

  /** Takes the entries of one recording. */
  private interface Output extends Closeable {
    /**
     * Writes an entry.
     *
     * @param payload lent for this call
     * @param found where in it the bytes are that were searched for
     */
    void add(long entry, RecordingReader reader, ByteBuffer payload, int found) throws IOException;
  }

  private static byte[] copy(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }

  /** A line for each entry, 79 characters wide unless numbers are very large, and its payload. */
  private final class Lines implements Output {
    private final String title;
    private final Writer out;
    private final FrameText text = new FrameText(decoders);
    private boolean begun;

    private Lines(String title, Writer out) {
      this.title = title;
      this.out = out;
    }

    @Override
    public void add(long entry, RecordingReader reader, ByteBuffer payload, int found)
        throws IOException {
      begin();
      text.putRight(entry, 6).put(' ').putRight(reader.line(), 7).put(' ');
      putTime(reader.elapsedMicros());
      text.put(' ').put(reader.direction()).put(' ').putRight(payload.remaining(), 8);
      if (options.searches()) {
        text.put(' ').putRight(found, 8);
      }
      if (!options.full()) {
        text.putBytes(payload, found);
      }
      text.writeLine(out);
      if (options.full() || !decoders.isEmpty()) {
        text.writePayload(reader.direction(), copy(payload), options.full(), out);
      }
    }

    private void begin() throws IOException {
      if (!begun) {
        begun = true;
        out.write(title == null ? "" : title + "\n");
        out.write(COLUMNS + (options.searches() ? FOUND : "")
            + (options.full() ? "" : FrameText.PAYLOAD) + "\n");
      }
    }

    private void putTime(long micros) {
      text.putRight(micros / 1_000_000, 4);
      String fraction = Long.toString(micros % 1_000_000);
      text.put('.').put("0".repeat(6 - fraction.length())).put(fraction);
    }

    @Override
    public void close() {}
  }

  /** An object for each entry, a line each. Programs rely on the keys, which are documented. */
  private final class Json implements Output {
    private final Writer out;
    private final JsonGenerator json;
    private boolean begun;

    private Json(Writer out) throws IOException {
      this.out = out;
      this.json = JsonText.lines(out);
    }

    @Override
    public void add(long entry, RecordingReader reader, ByteBuffer payload, int found)
        throws IOException {
      begun = true;
      byte[] bytes = copy(payload);
      json.writeStartObject();
      json.writeStringField("file", reader.fileName());
      json.writeNumberField("line", reader.line());
      json.writeNumberField("entry", entry);
      json.writeNumberField("micros", reader.elapsedMicros());
      json.writeStringField("direction", reader.direction().toString());
      json.writeNumberField("length", bytes.length);
      if (options.searches()) {
        json.writeNumberField("at", found);
      }
      json.writeStringField("payload", HexFormat.of().formatHex(bytes));
      json.writeStringField("text", Utf8.decode(bytes));
      json.writeArrayFieldStart("decoded");
      for (String line : decoders.decode(reader.direction(), bytes)) {
        json.writeString(line);
      }
      json.writeEndArray();
      json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
      json.close();
      if (begun) {
        out.write('\n');
      }
    }
  }
}
