package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.io.Writer;

/** The conversations of a folder, a line each, or with all of their entries. */
final class DirectoryPage implements StandardOutput.Text {
  private static final String LINE = "%12s%14s%14s%12s%12s  %s\n";

  private final RecordingDirectory directory;
  private final boolean entries;
  private final int maxPayloadLength;
  private boolean damaged;

  DirectoryPage(RecordingDirectory directory, boolean entries, int maxPayloadLength) {
    this.directory = directory;
    this.entries = entries;
    this.maxPayloadLength = maxPayloadLength;
  }

  /** Whether a conversation could not be read to its end; told on stderr. */
  boolean isDamaged() {
    return damaged;
  }

  @Override
  public void writeTo(Writer out) throws IOException {
    for (String line : directory.leftOut()) {
      Failures.say(line);
    }
    if (!entries) {
      out.write(Units.format(
          LINE, "c2s entries", "s2c entries", "c2s bytes", "s2c bytes", "duration", "recording"));
    }
    for (Conversation conversation : directory.conversations()) {
      try (Recording recording = conversation.openEvenIfDamaged(maxPayloadLength);
          RecordingReader reader = recording.reader()) {
        write(conversation, reader, out);
      } catch (RecordingException e) { // the others may be whole
        Failures.say(e.getMessage());
        damaged = true;
      }
    }
  }

  private void write(Conversation conversation, RecordingReader reader, Writer out)
      throws IOException {
    if (entries) {
      out.write(VisibleText.line(conversation.toString()) + "\n");
      new EntryList(reader).writeTo(out);
      return;
    }
    RecordingSummary summary = new RecordingSummary();
    try {
      summary.addAll(reader);
    } finally {
      out.write(Units.format(
          LINE,
          summary.of(Direction.C2S).entries(),
          summary.of(Direction.S2C).entries(),
          summary.of(Direction.C2S).payloadBytes(),
          summary.of(Direction.S2C).payloadBytes(),
          Units.time(summary.durationMicros()),
          VisibleText.line(conversation.toString())
              + (summary.entries() == 0 ? ": is not a recording: no entry" : "")));
    }
  }
}
