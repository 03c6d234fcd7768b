package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
   * Changes the numbers of some fields as much as the bytes that they count got longer or shorter.
   * One of which a part was replaced stays as it is.
   *
   * @throws RulesException when a number does not fit any more
   */
  void follow(Field[] lengths) throws RulesException {
    Field[] lastFirst = lengths.clone(); // they count what follows, so those inside come first
    Arrays.sort(lastFirst, Comparator.comparingInt(field -> -field.startIn(before)));
    for (Field length : lastFirst) {
      int from = length.startIn(before);
      Shape shape = length.shape();
      int to = from < 0 ? -1 : length.endFrom(before, from);
      if (from < 0 || shape == null || isReplaced(from, to)) {
        continue;
      }
      ByteBuffer bytes = before.slice(before.position() + from, to - from);
      long number = shape.number(bytes);
      long more = number < 0 ? 0 : moreIn(to, to + Math.min(number, before.remaining() - to));
      if (more != 0) {
        byte[] changed = shape.bytesOf(number + more, bytes);
        if (changed == null) {
          throw new RulesException("length " + length + ": the number becomes " + (number + more)
              + ", and does not fit " + shape);
        }
        replace(from, to, changed);
      }
    }
  }

  private boolean isReplaced(int from, int to) {
    for (Part part : parts) {
      if (from < part.to && part.from < to) {
        return true;
      }
    }
    return false;
  }

  /** By how many bytes the parts that are between those places get longer. */
  private long moreIn(int from, long to) {
    long more = 0;
    for (Part part : parts) {
      more += part.from >= from && part.to <= to ? part.bytes.length - (part.to - part.from) : 0;
    }
    return more;
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
