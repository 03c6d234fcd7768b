package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The live values of one conversation's copied fields: told of every frame in the order of the
 * recording, it puts them into the frames that answer. Memory is bounded. For one thread.
 */
final class LiveValues {
  private final List<CopiedValues> copies = new ArrayList<>();

  LiveValues(Rules rules) {
    for (Copy copy : rules.copied()) {
      copies.add(new CopiedValues(copy));
    }
  }

  /** Whether values are copied from frames of that direction. */
  boolean comeFrom(Direction direction) {
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        return true;
      }
    }
    return false;
  }

  /** Cuts the values that are copied from a frame out of its live payload, one behind the other. */
  byte[] cut(Direction direction, ByteBuffer live) {
    ByteBuffer values = ByteBuffer.allocate(length(direction, live));
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        copy.cut(live, values);
      }
    }
    return values.array();
  }

  /** How many bytes are cut out of a frame: as many of its recorded payload as of the live one. */
  int length(Direction direction, ByteBuffer payload) {
    int length = 0;
    for (CopiedValues copy : copies) {
      length += copy.from() == direction ? copy.length(payload) : 0;
    }
    return length;
  }

  /** A frame passed: its payload as it was recorded, and what was cut out of the live one. */
  void passed(Direction direction, ByteBuffer recorded, byte[] cut) {
    ByteBuffer values = ByteBuffer.wrap(cut);
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        copy.remember(recorded, values);
      }
    }
  }

  /** The payload as it has to be live: the recorded one itself when no value goes into it. */
  ByteBuffer live(Direction direction, ByteBuffer recorded) {
    ByteBuffer live = recorded;
    for (CopiedValues copy : copies) {
      byte[] value = copy.into() == direction ? copy.valueFor(recorded) : null;
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
