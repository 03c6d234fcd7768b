package io.tracestream.recording;

import static io.tracestream.recording.RecordingText.END;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One pass through a recording that goes on behind damaged lines, and counts. */
final class RecordingScan implements Closeable {
  private final String name;
  private final RecordingText text;
  private final LineReader lines;
  private final PayloadReader payloads;

  private boolean headed;
  private long c2sEntries;
  private long s2cEntries;
  private long damagedLines;
  private long lastDamagedLine;
  private final List<RecordingException> damage = new ArrayList<>();
  private boolean cutOff;
  private long unendedLine;
  private long lastElapsedMicros;
  private long earlierEntries;
  private long firstEarlierLine;

  RecordingScan(Path file, int maxPayloadLength) throws IOException {
    this.name = file.toString();
    this.text = new RecordingText(Channels.newInputStream(RecordingFiles.open(file)), name);
    this.lines = new LineReader(text);
    this.payloads = new PayloadReader(text, maxPayloadLength);
  }

  RecordingCheck run(EntrySink sink) throws IOException {
    while (text.peek() != END) {
      text.line++;
      if (text.peek() == '#') {
        readComment(sink.comments());
      } else if (readEntry()) {
        sink.entry(lines.elapsedMicros(), lines.direction(), payloads.payload());
      }
    }
    checkEnd();
    if (!headed && c2sEntries + s2cEntries == 0) {
      throw damage.isEmpty() ? RecordingFiles.noRecording(name) : damage.get(0);
    }
    return new RecordingCheck(
        c2sEntries,
        s2cEntries,
        damagedLines,
        List.copyOf(damage),
        cutOff,
        unendedLine,
        earlierEntries,
        firstEarlierLine);
  }

  private void checkEnd() {
    try {
      text.requireWhole();
    } catch (RecordingException e) {
      cutOff |= e.isCutOff();
      if (lastDamagedLine != text.line || damagedLines == 0) { // else the line has told it
        count(e);
      }
    }
  }

  private void readComment(OutputStream comments) throws IOException {
    // Who writes a recording begins it with a version line, and needs no other.
    boolean version = text.startsWith(LineReader.ANY_HEADER);
    OutputStream copy = version ? OutputStream.nullOutputStream() : comments;
    try {
      headed |= lines.isHeader(copy);
    } catch (RecordingException e) {
      if (c2sEntries + s2cEntries == 0 && !e.isCutOff()) {
        throw e;
      }
      count(e);
    }
    copy.write('\n');
  }

  /** Reads a line that is no comment; true when it is a whole entry. */
  private boolean readEntry() throws IOException {
    long start = text.offset();
    try {
      if (lines.blank()) {
        return false;
      }
      lines.readPrefix();
      payloads.read();
      countEntry();
      return true;
    } catch (RecordingException e) {
      count(e);
      if (text.offset() == start || !text.isBehindLineEnd()) {
        text.skipLine();
      }
      return false;
    }
  }

  private void countEntry() {
    if (!text.isBehindLineEnd()) {
      unendedLine = text.line;
    }
    boolean first = c2sEntries + s2cEntries == 0;
    if (!first && lines.elapsedMicros() < lastElapsedMicros && earlierEntries++ == 0) {
      firstEarlierLine = text.line;
    }
    lastElapsedMicros = lines.elapsedMicros();
    if (lines.direction() == Direction.C2S) {
      c2sEntries++;
    } else {
      s2cEntries++;
    }
  }

  private void count(RecordingException e) {
    damagedLines++;
    lastDamagedLine = text.line;
    cutOff = e.isCutOff();
    if (damage.size() < RecordingCheck.MOST_DAMAGE) {
      damage.add(e);
    }
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
