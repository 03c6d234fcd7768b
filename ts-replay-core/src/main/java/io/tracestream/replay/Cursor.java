package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A place in the recording: the entry at hand, and how many came before it. For one thread. */
final class Cursor {
  private final RecordingReader reader;
  /** The direction whose entries are counted: that of the frames that are compared. */
  private final Direction compared;

  private boolean atEntry;
  private long number;
  private long comparedSoFar;
  private long elapsedBefore;

  Cursor(Recording recording, Direction compared) {
    this.reader = recording.reader();
    this.compared = compared;
  }

  /** Goes to the next entry; false at the recording's end. */
  boolean next() throws IOException {
    elapsedBefore = atEntry ? elapsedMicros() : 0;
    atEntry = reader.advance();
    elapsedBefore = number == 0 ? reader.startMicros() : elapsedBefore;
    number++;
    if (isCompared()) {
      comparedSoFar++;
    }
    return atEntry;
  }

  /** Goes to the next entry that is compared; false at the recording's end. */
  boolean nextCompared() throws IOException {
    while (next() && !isCompared()) {}
    return atEntry;
  }

  /** Whether the entry at hand is compared with a frame that comes, rather than sent. */
  boolean isCompared() {
    return atEntry && reader.direction() == compared;
  }

  /** Which way the frame of the entry at hand went. */
  Direction direction() {
    return reader.direction();
  }

  /** When the frame of the entry at hand came, in microseconds since the recording began. */
  long elapsedMicros() {
    return reader.elapsedMicros();
  }

  /** When the frame of the entry before came; at the first one, when the conversation began. */
  long elapsedBefore() {
    return elapsedBefore;
  }

  /** The payload of the entry at hand; lent until this cursor goes on. */
  ByteBuffer payload() throws IOException {
    return reader.payload();
  }

  /** A copy of the entry at hand; null at the recording's end. */
  Entry entry() throws IOException {
    return atEntry ? reader.entry() : null;
  }

  /** The entry's number, from 1; at the recording's end one more than there are. */
  long number() {
    return number;
  }

  /** The entry's line, from 1; 0 at the recording's end. */
  long line() {
    return atEntry ? reader.line() : 0;
  }

  /** The file that the entry stands in: of a recording in several files, one of them. */
  String fileName() {
    return reader.fileName();
  }

  /** How many entries to compare have come, the one at hand included. */
  long comparedSoFar() {
    return comparedSoFar;
  }
}
