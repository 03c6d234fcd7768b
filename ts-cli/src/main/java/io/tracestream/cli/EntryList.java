package io.tracestream.cli;

import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;

/** A line for each entry of a recording, 79 characters wide while the numbers are not too large. */
final class EntryList implements StandardOutput.Text {
  private static final String TITLE =
      " entry    line      time s dir    bytes  payload in hex            as text\n";
  /** Bytes of a payload that are shown. */
  private static final int SHOWN = 12;

  private final RecordingReader reader;
  /** The line that is being made. */
  private final StringBuilder row = new StringBuilder();

  EntryList(RecordingReader reader) {
    this.reader = reader;
  }

  @Override
  public void writeTo(Writer out) throws IOException {
    if (!reader.advance()) {
      out.write(VisibleText.line(reader.fileName()) + ": is not a recording: no entry\n");
      return;
    }
    out.write(TITLE);
    long entry = 0;
    do {
      entry++;
      ByteBuffer payload = reader.payload();
      row.setLength(0);
      putRight(entry, 6);
      row.append(' ');
      putRight(reader.line(), 7);
      row.append(' ');
      putTime(reader.elapsedMicros());
      row.append(' ').append(reader.direction()).append(' ');
      putRight(payload.remaining(), 8);
      putPayload(payload);
      out.append(row.append('\n'));
    } while (reader.advance());
  }

  private void putRight(long number, int width) {
    String digits = Long.toString(number);
    row.append(" ".repeat(Math.max(0, width - digits.length()))).append(digits);
  }

  private void putTime(long micros) {
    putRight(micros / 1_000_000, 4);
    String fraction = Long.toString(micros % 1_000_000);
    row.append('.').append("0".repeat(6 - fraction.length())).append(fraction);
  }

  private void putPayload(ByteBuffer payload) {
    int count = Math.min(SHOWN, payload.remaining());
    if (count == 0) {
      return;
    }
    row.append("  ");
    for (int i = payload.position(); i < payload.position() + count; i++) {
      byte b = payload.get(i);
      row.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    row.append(" ".repeat(2 * (SHOWN - count) + 2));
    for (int i = payload.position(); i < payload.position() + count; i++) {
      char c = (char) (payload.get(i) & 0xff);
      row.append(c < ' ' || c > '~' ? '.' : c);
    }
  }
}
