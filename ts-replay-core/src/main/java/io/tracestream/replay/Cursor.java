package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;

/** A place in the recording: the entry at hand, and how many came before it. For one thread. */
final class Cursor {
  private final RecordingReader reader;
  private Entry entry;
  private long number;
  private long c2sSoFar;

  Cursor(Recording recording) {
    reader = recording.reader();
  }

  /** Goes to the next entry; null at the recording's end. */
  Entry next() throws IOException {
    entry = reader.next();
    number++;
    if (entry != null && entry.direction() == Direction.C2S) {
      c2sSoFar++;
    }
    return entry;
  }

  /** Goes to the next entry of that direction; null at the recording's end. */
  Entry next(Direction direction) throws IOException {
    while (next() != null && entry.direction() != direction) {}
    return entry;
  }

  /** The entry at hand; null at the recording's end. */
  Entry entry() {
    return entry;
  }

  /** The entry's number, from 1; at the recording's end one more than there are. */
  long number() {
    return number;
  }

  /** The entry's line, from 1; 0 at the recording's end. */
  long line() {
    return entry == null ? 0 : reader.line();
  }

  /** How many c2s entries have come, the one at hand included. */
  long c2sSoFar() {
    return c2sSoFar;
  }
}
