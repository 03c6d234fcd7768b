package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The live values of one conversation's copied fields: told of every frame in the order of the
 * recording, it puts them into the frames that answer. Memory is bounded. For one thread.
 */
final class LiveValues {
  private final List<CopiedValues> copies;

  LiveValues(Rules rules) {
    copies = rules.copied().stream().map(CopiedValues::new).toList();
  }

  /** Whether values are copied from frames of that direction. */
  boolean comeFrom(Direction direction) {
    return copies.stream().anyMatch(copy -> copy.from(direction));
  }

  /** Whether values are copied into frames of that direction. */
  boolean goInto(Direction direction) {
    return copies.stream().anyMatch(copy -> copy.into(direction));
  }

  /** A frame passed: its payload as it was recorded, and as it was live. */
  void passed(Direction direction, ByteBuffer recorded, ByteBuffer live) {
    for (CopiedValues copy : copies) {
      if (copy.from(direction)) {
        copy.remember(recorded, live);
      }
    }
  }

  /**
   * The payload as it has to be live: {@code recorded} itself when no value goes into it, or a
   * copy.
   */
  ByteBuffer live(Direction direction, ByteBuffer recorded) {
    ByteBuffer live = recorded;
    for (CopiedValues copy : copies) {
      byte[] value = copy.into(direction) ? copy.valueFor(recorded) : null;
      if (value != null) {
        live = live == recorded ? copyOf(recorded) : live;
        live.put(copy.place(recorded), value);
      }
    }
    return live;
  }

  private static ByteBuffer copyOf(ByteBuffer payload) {
    return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
  }
}
