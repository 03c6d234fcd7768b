package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A payload with some of its parts replaced by others, which may have other lengths. */
public final class Splice {
  private final ByteBuffer before;
  /** In order. */
  private final List<Part> parts = new ArrayList<>();

  private record Part(int from, int to, byte[] bytes) {}

  /**
   * Nothing is replaced yet.
   *
   * @param payload the payload; left as it is, not copied
   */
  public Splice(ByteBuffer payload) {
    before = payload;
  }

  /**
   * Replaces a part. One that was replaced already is replaced by these bytes instead.
   *
   * @param from its offset in the payload as it was
   * @param to where it ends there, exclusive
   * @param bytes what comes in its place; not copied
   * @return false if the part overlaps another one: then nothing happened
   */
  public boolean replace(int from, int to, byte[] bytes) {
    int place = 0;
    for (Part part : parts) {
      if (part.from == from && part.to == to) {
        parts.set(place, new Part(from, to, bytes));
        return true;
      }
      if (from < part.to && part.from < to) {
        return false;
      }
      place += part.to <= from ? 1 : 0;
    }
    parts.add(place, new Part(from, to, bytes));
    return true;
  }

  /**
   * How long the payload is then.
   *
   * @return a number of bytes; it may be more than a payload can have
   */
  public long length() {
    long length = before.remaining();
    for (Part part : parts) {
      length += part.bytes.length - (part.to - part.from);
    }
    return length;
  }

  /**
   * The payload with all that was replaced.
   *
   * @return a new buffer
   */
  public ByteBuffer payload() {
    ByteBuffer payload = ByteBuffer.allocate(Math.toIntExact(length()));
    int at = 0;
    for (Part part : parts) {
      payload.put(before.slice(before.position() + at, part.from - at)).put(part.bytes);
      at = part.to;
    }
    return payload
        .put(before.slice(before.position() + at, before.remaining() - at))
        .flip();
  }
}
