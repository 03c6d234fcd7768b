package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the entries of one direction, and says which of their copied values were there before in
 * frames of the other direction. For one thread.
 */
final class DiffReader {
  private final RecordingReader reader;
  private final Direction direction;
  private final OpenBytes open;
  private final OpenBytes openThere;
  private final List<SeenValues> copies;
  private long number;

  DiffReader(Recording recording, Rules rules, Direction direction) {
    this.reader = recording.reader();
    this.direction = direction;
    this.open = new OpenBytes(rules, direction);
    this.openThere = new OpenBytes(rules, other(direction));
    this.copies = open.copies().stream().map(SeenValues::new).toList();
  }

  private static Direction other(Direction direction) {
    return direction == Direction.C2S ? Direction.S2C : Direction.C2S;
  }

  /** The next entry of the direction; null at the recording's end. */
  DiffEntry next() throws IOException {
    while (reader.advance()) {
      number++;
      if (reader.direction() == direction) {
        return entry(bytes(reader.payload()));
      }
      if (!copies.isEmpty()) {
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

  /** The values that one copy's source held so far. */
  private static final class SeenValues {
    /** Values that are remembered; the oldest give way. */
    private static final int MOST = 65_536;
    /** Bytes of them; a single value may be longer. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Copy copy;
    private final int most;
    private final Map<ByteBuffer, Integer> keysByValue = new LinkedHashMap<>();

    SeenValues(Copy copy) {
      this.copy = copy;
      this.most = Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
    }

    /** A frame that may be answered; {@code key} is a number for what it says. */
    void remember(byte[] payload, int key) {
      if (!copy.from().isWhole(payload.length)) {
        return;
      }
      ByteBuffer value = copyOf(Bytes.of(copy.from(), payload));
      keysByValue.remove(value); // put alone would leave it in its old place
      keysByValue.put(value, key);
      if (keysByValue.size() > most) {
        keysByValue.remove(keysByValue.keySet().iterator().next());
      }
    }

    /** A view would keep the whole payload. */
    private static ByteBuffer copyOf(ByteBuffer value) {
      return ByteBuffer.allocate(value.remaining()).put(value).flip();
    }

    /** The key of the latest frame that held the value of this answer; null when none did. */
    Integer sourceOf(byte[] payload) {
      return copy.to().isWhole(payload.length)
          ? keysByValue.get(Bytes.of(copy.to(), payload))
          : null;
    }
  }
}
