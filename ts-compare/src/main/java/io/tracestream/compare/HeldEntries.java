package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The first entries of a recording, in memory. */
final class HeldEntries {
  /** Entries that are held. */
  static final int MOST = 100_000;
  /** Bytes of payload that are held. */
  static final long MOST_BYTES = 64L * 1024 * 1024;

  private final List<Change.Side> c2s = new ArrayList<>();
  private final List<Change.Side> s2c = new ArrayList<>();
  private long bytes;
  private boolean whole = true;

  HeldEntries(Recording recording) throws IOException {
    RecordingReader reader = recording.reader();
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      bytes += entry.payload().length;
      if (count() == MOST || bytes > MOST_BYTES) {
        whole = false;
        return;
      }
      of(entry.direction()).add(new Change.Side(count() + 1, reader.line(), entry.payload()));
    }
  }

  List<Change.Side> of(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
  }

  long count() {
    return c2s.size() + (long) s2c.size();
  }

  /** Whether it is all of the recording. */
  boolean isWhole() {
    return whole;
  }
}
