package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The live values of one conversation's copied fields: told of every frame in the order of the
 * recording, it puts them into the frames that answer. Memory is bounded. For one thread.
 */
public final class LiveValues {
  private final List<CopiedValues> copies = new ArrayList<>();

  /**
   * Nothing has passed yet.
   *
   * @param rules what is copied
   */
  public LiveValues(Rules rules) {
    for (Copy copy : rules.copied()) {
      copies.add(new CopiedValues(copy));
    }
  }

  /**
   * Whether values are copied from frames of a direction.
   *
   * @param direction the direction
   * @return whether any are
   */
  public boolean comeFrom(Direction direction) {
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        return true;
      }
    }
    return false;
  }

  /**
   * Cuts the values that are copied from a frame out of its live payload.
   *
   * @param direction the frame's
   * @param live its payload
   * @return the values, one after the other
   */
  public byte[] cut(Direction direction, ByteBuffer live) {
    ByteBuffer values = ByteBuffer.allocate(length(direction, live));
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        copy.cut(live, values);
      }
    }
    return values.array();
  }

  /**
   * How many bytes are cut out of a frame: as many of its recorded payload as of the live one.
   *
   * @param direction the frame's
   * @param payload either of them
   * @return bytes
   */
  public int length(Direction direction, ByteBuffer payload) {
    int length = 0;
    for (CopiedValues copy : copies) {
      length += copy.from() == direction ? copy.length(payload) : 0;
    }
    return length;
  }

  /**
   * A frame passed.
   *
   * @param direction the frame's
   * @param recorded its payload as it was recorded
   * @param cut what was cut out of the live one
   */
  public void passed(Direction direction, ByteBuffer recorded, byte[] cut) {
    ByteBuffer values = ByteBuffer.wrap(cut);
    for (CopiedValues copy : copies) {
      if (copy.from() == direction) {
        copy.remember(recorded, values);
      }
    }
  }

  /**
   * The payload as it has to be live.
   *
   * @param direction the frame's
   * @param recorded its payload as it was recorded
   * @return the recorded one itself when no value goes into it
   */
  public ByteBuffer live(Direction direction, ByteBuffer recorded) {
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
