package io.tracestream.replay;

import io.tracestream.rules.Comparer;
import io.tracestream.rules.Field;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The bytes of some fields, cut out of live payloads one after the other, until they are put into
 * the recorded payloads of the same frames. For one thread.
 */
final class Cuts {
  private static final int FEWEST_BYTES = 64;
  /** What this and its array take when empty. */
  private static final int OBJECT_BYTES = 48;

  private static final int MANY_BYTES = 8 * 1024 * 1024;
  private static final int MOST_BYTES = 4 * MANY_BYTES;

  private final List<Field> fields;
  private final Comparer comparer;
  private byte[] bytes = new byte[0];
  /** Earlier ones were forgotten. */
  private int first;
  /** Earlier ones were taken. */
  private int taken;

  private int end;

  /** Of frames that we send, which are as long as they were recorded. */
  Cuts(List<Field> fields) {
    this(fields, null);
  }

  /** Of frames that came, and that the comparer matched. */
  Cuts(List<Field> fields, Comparer comparer) {
    this.fields = fields;
    this.comparer = comparer;
  }

  /** Cuts the fields out of a payload, which is of the kinds that it was recorded as. */
  void add(ByteBuffer recorded, ByteBuffer live) {
    for (Field field : fields) {
      int start = field.start(recorded);
      if (start >= 0) {
        makeRoom(field.length());
        int at = comparer == null ? start : comparer.offsetIn(recorded, live, start);
        live.get(live.position() + at, bytes, end, field.length());
        end += field.length();
      }
    }
  }

  private void makeRoom(int more) {
    if (end + more <= bytes.length) {
      return;
    }
    int kept = end - first;
    byte[] roomy = kept + more <= bytes.length / 2
        ? bytes
        : new byte[Math.max(kept + more, Math.max(FEWEST_BYTES, 2 * kept))];
    System.arraycopy(bytes, first, roomy, 0, kept);
    bytes = roomy;
    taken -= first;
    end = kept;
    first = 0;
  }

  /** The recorded payload of the next frame, with the fields as they were live. */
  ByteBuffer putInto(ByteBuffer recorded) {
    ByteBuffer live = recorded;
    for (Field field : fields) {
      int start = field.start(recorded);
      if (start >= 0) {
        if (!isAt(recorded.position() + start, recorded, field.length())) {
          live = live == recorded ? copyOf(recorded) : live;
          live.put(live.position() + start, bytes, taken, field.length());
        }
        taken += field.length();
      }
    }
    return live;
  }

  /** Whether the recorded bytes are what they were live. */
  private boolean isAt(int at, ByteBuffer recorded, int length) {
    return recorded.slice(at, length).equals(ByteBuffer.wrap(bytes, taken, length));
  }

  /** A payload that may be changed. */
  static ByteBuffer copyOf(ByteBuffer payload) {
    return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
  }

  /** Bytes that are kept. */
  int size() {
    return end - first;
  }

  /** What this takes, in bytes of memory. */
  int memory() {
    return OBJECT_BYTES + bytes.length;
  }

  /** Begins again with the first ones that are kept. */
  void rewind() {
    taken = first;
  }

  /** Forgets those that were taken. */
  void forgetTaken() {
    first = taken;
    if (first == end) {
      clear();
    }
  }

  /** Forgets all. */
  void clear() {
    bytes = bytes.length > FEWEST_BYTES ? new byte[0] : bytes;
    first = 0;
    taken = 0;
    end = 0;
  }

  /** Whether they take so much memory that no more should be added. */
  boolean areMany() {
    return size() > MANY_BYTES;
  }

  /** Whether they take more memory than is ever allowed. */
  boolean areTooMany() {
    return size() > MOST_BYTES;
  }
}
