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
  private boolean atEntry;
  private long number;
  private long c2sSoFar;

  Cursor(Recording recording) {
    reader = recording.reader();
  }

  /** Goes to the next entry; false at the recording's end. */
  boolean next() throws IOException {
    atEntry = reader.advance();
    number++;
    if (atEntry && direction() == Direction.C2S) {
      c2sSoFar++;
    }
    return atEntry;
  }

  /** Goes to the next entry of that direction; false at the recording's end. */
  boolean next(Direction wanted) throws IOException {
    while (next() && direction() != wanted) {}
    return atEntry;
  }

  /** Which way the frame of the entry at hand went. */
  Direction direction() {
    return reader.direction();
  }

  /** When the frame of the entry at hand came, in microseconds since the recording began. */
  long elapsedMicros() {
    return reader.elapsedMicros();
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

  /** How many c2s entries have come, the one at hand included. */
  long c2sSoFar() {
    return c2sSoFar;
  }
}
