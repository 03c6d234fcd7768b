package io.tracestream.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The next entries of one recording, as many as memory allows to look at. For one thread. */
final class DiffWindow {
  /** Entries that are looked ahead to find the way back. */
  static final int MOST = 64;
  /** Bytes of them; one entry may be longer. */
  private static final long MOST_BYTES = 8 * 1024 * 1024;

  private final DiffReader reader;
  private final List<DiffEntry> entries = new ArrayList<>();
  private long bytes;
  private boolean ended;

  DiffWindow(DiffReader reader) {
    this.reader = reader;
  }

  /** The next entry; null at the end. */
  DiffEntry head() throws IOException {
    if (entries.isEmpty()) {
      read();
    }
    return entries.isEmpty() ? null : entries.get(0);
  }

  DiffEntry take() {
    return take(0);
  }

  DiffEntry take(int index) {
    DiffEntry entry = entries.remove(index);
    bytes -= entry.size();
    return entry;
  }

  /** All entries that can be looked at; changes with each {@link #take}. */
  List<DiffEntry> all() throws IOException {
    while (!ended && entries.size() < MOST && bytes < MOST_BYTES) {
      read();
    }
    return entries;
  }

  /** Whether no more entries come behind those of {@link #all}. */
  boolean isLast() {
    return ended;
  }

  private void read() throws IOException {
    DiffEntry entry = ended ? null : reader.next();
    if (entry == null) {
      ended = true;
    } else {
      bytes += entry.size();
      entries.add(entry);
    }
  }
}
