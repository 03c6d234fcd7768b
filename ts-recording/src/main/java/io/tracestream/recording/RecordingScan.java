package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One pass through a recording that goes on after damaged lines, and counts. */
final class RecordingScan implements Closeable {
  private final RecordingReader reader;

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
    this.reader = new RecordingReader(
        Channels.newInputStream(RecordingFiles.open(file)), file.toString(), maxPayloadLength);
  }

  RecordingCheck run(EntrySink sink) throws IOException {
    reader.copyCommentsTo(sink.comments());
    while (true) {
      ByteBuffer payload;
      try {
        if (!reader.advance()) {
          break;
        }
        payload = reader.payload();
      } catch (RecordingException e) {
        count(e);
        reader.skipDamagedLine();
        continue;
      }
      countEntry();
      sink.entry(reader.elapsedMicros(), reader.direction(), payload);
    }
    if (entries() == 0 && !reader.hasVersionLine() && !damage.isEmpty()) {
      throw damage.get(0);
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

  private long entries() {
    return c2sEntries + s2cEntries;
  }

  private void countEntry() {
    if (reader.lastLineWasUnended()) {
      unendedLine = reader.line();
    }
    if (entries() > 0 && reader.elapsedMicros() < lastElapsedMicros && earlierEntries++ == 0) {
      firstEarlierLine = reader.line();
    }
    lastElapsedMicros = reader.elapsedMicros();
    if (reader.direction() == Direction.C2S) {
      c2sEntries++;
    } else {
      s2cEntries++;
    }
  }

  private void count(RecordingException e) throws RecordingException {
    if (e.kind() == RecordingException.Kind.OTHER_VERSION && entries() == 0) {
      throw e;
    }
    cutOff = e.isCutOff();
    if (damagedLines > 0 && lastDamagedLine == e.line()) {
      return; // the line has been counted, and then the file ended badly in it
    }
    damagedLines++;
    lastDamagedLine = e.line();
    if (damage.size() < RecordingCheck.MOST_DAMAGE) {
      damage.add(e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
