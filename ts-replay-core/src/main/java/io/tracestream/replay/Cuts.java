package io.tracestream.replay;

import io.tracestream.rules.Field;
import io.tracestream.rules.Splice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of some fields, cut out of live payloads one after the other, until they are put into
 * the recorded payloads of the same frames; or whole payloads, where any byte may be another one.
 * For one thread.
 */
final class Cuts {
  private static final int FEWEST_BYTES = 64;
  /** What this and its array take when empty. */
  private static final int OBJECT_BYTES = 48;

  private static final int MANY_BYTES = 8 * 1024 * 1024;
  private static final int MOST_BYTES = 4 * MANY_BYTES;

  /** Whether all bytes are kept, and there are no fields. */
  private final boolean areWhole;

  private final List<Field> fields;
  private final Values values;
  private final Lengths lengths;
  private byte[] bytes = new byte[0];
  /** Earlier ones were forgotten. */
  private int first;
  /** Earlier ones were taken. */
  private int taken;

  private int end;

  /** Finds the bytes of a field in a live payload, by the recorded one; null if it is not there. */
  interface Values {
    @Nullable
    ByteBuffer in(Field field, ByteBuffer recorded, ByteBuffer live);
  }

  /** Changes the lengths in a payload that count parts which were replaced. */
  interface Lengths {
    void follow(Splice splice, ByteBuffer recorded) throws IOException;
  }

  /** Of frames in which {@code values} finds the fields, and whose lengths follow these. */
  Cuts(List<Field> fields, Values values, Lengths lengths) {
    this(false, fields, values, lengths);
  }

  private Cuts(boolean areWhole, List<Field> fields, Values values, Lengths lengths) {
    this.areWhole = areWhole;
    this.fields = fields;
    this.values = values;
    this.lengths = lengths;
  }

  /** Of frames of which all bytes are kept. */
  static Cuts ofWholePayloads() {
    return new Cuts(true, List.of(), (field, recorded, live) -> live, (splice, recorded) -> {});
  }

  /** Cuts the fields out of a payload, which is of the kinds that it was recorded as. */
  void add(ByteBuffer recorded, ByteBuffer live) {
    if (areWhole) {
      makeRoom(Integer.BYTES + live.remaining());
      ByteBuffer.wrap(bytes).putInt(end, live.remaining());
      live.duplicate().get(bytes, end + Integer.BYTES, live.remaining());
      end += Integer.BYTES + live.remaining();
      return;
    }
    for (Field field : fields) {
      ByteBuffer before = field.value(recorded);
      if (before != null) {
        // A frame that came may be of another kind, which does not have the field.
        ByteBuffer value = Objects.requireNonNullElse(values.in(field, recorded, live), before);
        int length = value.remaining();
        makeRoom(Integer.BYTES + length);
        if (varies(field)) {
          ByteBuffer.wrap(bytes).putInt(end, length);
          end += Integer.BYTES;
        }
        value.get(bytes, end, length);
        end += length;
      }
    }
  }

  private static boolean varies(Field field) {
    return field.length() == 0;
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
  ByteBuffer putInto(ByteBuffer recorded) throws IOException {
    if (areWhole) {
      int from = taken + Integer.BYTES;
      taken = from + ByteBuffer.wrap(bytes).getInt(taken);
      return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, taken));
    }
    int begin = taken;
    boolean differs = false;
    boolean moves = false;
    for (Field field : fields) {
      ByteBuffer before = field.value(recorded);
      if (before != null) {
        int length = takeLength(field);
        differs |= !before.equals(ByteBuffer.wrap(bytes, taken, length));
        moves |= length != before.remaining();
        taken += length;
      }
    }
    if (!differs) {
      return recorded;
    }
    taken = begin;
    return moves ? moved(recorded) : replaced(recorded);
  }

  private int takeLength(Field field) {
    if (!varies(field)) {
      return field.length();
    }
    taken += Integer.BYTES;
    return ByteBuffer.wrap(bytes).getInt(taken - Integer.BYTES);
  }

  private ByteBuffer replaced(ByteBuffer recorded) {
    ByteBuffer live = copyOf(recorded);
    for (Field field : fields) {
      int start = field.start(recorded);
      if (start >= 0) {
        int length = takeLength(field);
        live.put(start, bytes, taken, length);
        taken += length;
      }
    }
    return live;
  }

  /** Lengths that count the fields follow, as they did in the live payload. */
  private ByteBuffer moved(ByteBuffer recorded) throws IOException {
    Splice splice = new Splice(recorded);
    for (Field field : fields) {
      ByteBuffer before = field.value(recorded);
      if (before != null) {
        int start = field.start(recorded);
        int length = takeLength(field);
        byte[] value = Arrays.copyOfRange(bytes, taken, taken + length);
        if (!before.equals(ByteBuffer.wrap(value))
            && !splice.replace(start, start + before.remaining(), value)) {
          throw new IOException("the field " + field + " overlaps another one that is copied,"
              + " and both have other lengths than they were recorded with; copy one of them");
        }
        taken += length;
      }
    }
    lengths.follow(splice, recorded);
    return splice.payload();
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
    boolean isOnlyOne =
        areWhole && size() > 0 && Integer.BYTES + ByteBuffer.wrap(bytes).getInt(first) == size();
    return size() > MOST_BYTES && !isOnlyOne;
  }
}
