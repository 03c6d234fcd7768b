package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of one direction of a recording, and looks ahead as far as memory allows. It
 * finds out which of their copied values were in earlier frames of the other direction. For one
 * thread.
 */
final class DiffReader {
  /** How many entries it looks ahead. */
  static final int MOST = 64;
  /** How many bytes of them; a single entry may be longer. */
  private static final long MOST_BYTES = 8 * 1024 * 1024;

  private final RecordingReader reader;
  private final Direction direction;
  private final OpenBytes open;
  private final OpenBytes openThere;
  private final List<SeenValues> copies;
  private final Rules rules;

  private long number;
  private long left;

  /** The entries that were read ahead. */
  private final List<DiffEntry> entries = new ArrayList<>();

  private long bytes;
  private boolean ended;

  DiffReader(Recording recording, Rules rules, Direction direction) {
    this.reader = recording.reader();
    this.direction = direction;
    this.open = new OpenBytes(rules, direction);
    this.openThere = new OpenBytes(rules, direction.opposite());
    this.copies = open.copies().stream().map(SeenValues::new).toList();
    this.rules = rules;
  }

  /** The next entry; null at the end. */
  @Nullable
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

  /** Whether {@link #all} has all the entries that are left. */
  boolean isLast() {
    return ended;
  }

  private void read() throws IOException {
    DiffEntry entry = ended ? null : next();
    if (entry == null) {
      ended = true;
    } else {
      bytes += entry.size();
      entries.add(entry);
    }
  }

  /** How many entries were left out so far because rules allow such frames at any time. */
  long leftOut() {
    return left;
  }

  /** Reads the next entry of the direction; null at the recording's end. */
  private @Nullable DiffEntry next() throws IOException {
    while (reader.advance()) {
      number++;
      if (reader.direction() == direction) {
        if (!rules.allows(direction, reader.payload())) {
          return entry(bytes(reader.payload()));
        }
        left++;
      } else if (!copies.isEmpty()) {
        remember(bytes(reader.payload()));
      }
    }
    return null;
  }

  private DiffEntry entry(byte[] payload) {
    BitSet explained = new BitSet();
    int request = DiffEntry.NO_REQUEST;
    for (int i = copies.size() - 1; i >= 0; i--) {
      Integer seen = copies.get(i).sourceOf(payload);
      if (seen != null) {
        explained.set(i);
        request = seen;
      }
    }
    Change.Side side = new Change.Side(number, reader.line(), payload);
    return new DiffEntry(side, direction, open, explained, request);
  }

  private void remember(byte[] payload) {
    int key = openThere.key(payload);
    copies.forEach(copy -> copy.remember(payload, key));
  }

  private static byte[] bytes(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  /** The values that the source of one copy has had so far. */
  private static final class SeenValues {
    /** How many values are remembered; the oldest are forgotten. */
    private static final int MOST = 65_536;
    /** How many bytes of them; a single value may be longer. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Copy copy;
    private long bytes;
    private final Map<ByteBuffer, Integer> keysByValue = new LinkedHashMap<>();

    SeenValues(Copy copy) {
      this.copy = copy;
    }

    /** A frame that may be answered; {@code key} is a number for what it says. */
    void remember(byte[] payload, int key) {
      ByteBuffer content = content(copy.from(), payload);
      if (content == null) {
        return;
      }
      ByteBuffer value = copyOf(content);
      if (keysByValue.remove(value) == null) { // put alone would leave it in its old place
        bytes += value.remaining();
      }
      keysByValue.put(value, key);
      while (keysByValue.size() > MOST || bytes > MOST_BYTES && keysByValue.size() > 1) {
        ByteBuffer oldest = keysByValue.keySet().iterator().next();
        keysByValue.remove(oldest);
        bytes -= oldest.remaining();
      }
    }

    /** What a payload has in that field; null if it does not have the field. */
    private static @Nullable ByteBuffer content(Field field, byte[] payload) {
      ByteBuffer value = field.value(ByteBuffer.wrap(payload));
      return value == null ? null : field.content(value);
    }

    /** A view would keep the whole payload. */
    private static ByteBuffer copyOf(ByteBuffer value) {
      return ByteBuffer.allocate(value.remaining()).put(value).flip();
    }

    /** The key of the latest frame that had the value of this answer; null if none had. */
    @Nullable
    Integer sourceOf(byte[] payload) {
      ByteBuffer content = content(copy.to(), payload);
      return content == null ? null : keysByValue.get(content);
    }
  }
}
