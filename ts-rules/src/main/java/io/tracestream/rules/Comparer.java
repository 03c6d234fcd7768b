package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares payloads of one direction under rules. Immutable, so all sessions may share one; it
 * allocates nothing. Buffers that it is given may be of either kind. It moves their positions and
 * sets them back, so each belongs to the calling thread.
 */
public final class Comparer {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long PRIME = 0x9e3779b97f4a7c15L;

  /** The bytes that are not compared. */
  private final Field[] open;
  /** These, and those that live values go into. */
  private final Field[] named;

  /**
   * Compares under these rules.
   *
   * @param rules what may vary
   * @param direction the direction of the payloads
   */
  public Comparer(Rules rules, Direction direction) {
    // Plain loops: a JVM's first stream takes tens of milliseconds, which the first client of a
    // replay would see as a late reply.
    List<Field> fields = new ArrayList<>();
    for (Field field : rules.ignored()) {
      addOf(direction, field, fields);
    }
    for (Copy copy : rules.copied()) {
      addOf(direction, copy.from(), fields);
    }
    open = fields.toArray(new Field[0]);
    for (Copy copy : rules.copied()) {
      addOf(direction, copy.to(), fields);
    }
    named = fields.toArray(new Field[0]);
  }

  private static void addOf(Direction direction, Field field, List<Field> fields) {
    if (field.direction() == direction) {
      fields.add(field);
    }
  }

  /**
   * The first byte that differs and is compared.
   *
   * @param expected the payload that was recorded, with the live values that go into it: see
   *     {@link LiveValues#live}
   * @param found the payload that came
   * @return its offset in the payloads: where one is a beginning of the other, the length of the
   *     shorter one; -1 when nothing differs
   */
  public int difference(ByteBuffer expected, ByteBuffer found) {
    return difference(open, expected, found);
  }

  /**
   * Whether two recorded payloads are the same, whatever they hold in bytes that rules name: those
   * that are not compared, and those that live values go into.
   *
   * @param one a payload
   * @param other another one
   * @return whether they are; then {@link #hash} is the same for both
   */
  public boolean areAlike(ByteBuffer one, ByteBuffer other) {
    return difference(named, one, other) < 0;
  }

  private static int difference(Field[] skipped, ByteBuffer expected, ByteBuffer found) {
    int at = expected.mismatch(found);
    if (at < 0 || skipped.length == 0) {
      return at;
    }
    int length = expected.remaining();
    int common = Math.min(length, found.remaining());
    int begin = expected.position();
    int beginOfFound = found.position();
    try {
      for (int end = end(skipped, at, length);
          at < common && end > at;
          end = end(skipped, at, length)) {
        int next = Math.min(end, common);
        expected.position(begin + next);
        found.position(beginOfFound + next);
        int further = expected.mismatch(found);
        if (further < 0) {
          return -1;
        }
        at = next + further;
      }
      return at;
    } finally {
      expected.position(begin);
      found.position(beginOfFound);
    }
  }

  /**
   * Whether a byte is compared.
   *
   * @param expected the payload that was recorded
   * @param at the byte's offset in it
   * @return false when rules leave it open
   */
  public boolean isCompared(ByteBuffer expected, int at) {
    return end(open, at, expected.remaining()) == at;
  }

  /**
   * How many bytes of a payload are not compared.
   *
   * @param length how long the payload is
   * @return a number of bytes, each counted once
   */
  public int openBytes(int length) {
    int bytes = 0;
    for (int at = open.length == 0 ? length : 0; at < length; ) {
      int end = end(open, at, length);
      bytes += end - at;
      at = end > at ? end : nextStart(open, at, length);
    }
    return bytes;
  }

  /** Where the fields end that begin no later than at that byte; at that byte when none has it. */
  private static int end(Field[] fields, int at, int length) {
    int end = at;
    for (Field field : fields) {
      if (field.start(length) <= at) {
        end = Math.max(end, field.end(length));
      }
    }
    return end;
  }

  /**
   * A number that is the same for a recorded payload and for each one that matches it, whatever
   * live values go into it: payloads of other numbers need not be compared.
   *
   * @param payload a recorded payload, or one that came
   * @return the number; it is the same in each JVM
   */
  public long hash(ByteBuffer payload) {
    return hash(named, payload);
  }

  /**
   * A number that is the same for an expected payload, with the live values that go into it, and
   * for each one that matches it. Unlike {@link #hash}, it tells replies apart whose only
   * difference is the value that a copy puts into them.
   *
   * @param payload an expected payload, or one that came
   * @return the number; it is the same in each JVM
   */
  public long liveHash(ByteBuffer payload) {
    return hash(open, payload);
  }

  private static long hash(Field[] skipped, ByteBuffer payload) {
    int length = payload.remaining();
    long hash = length;
    int at = 0;
    while (at < length) {
      int next = end(skipped, at, length);
      if (next > at) {
        at = next;
      } else {
        int end = nextStart(skipped, at, length);
        hash = hash(hash, payload, payload.position() + at, payload.position() + end);
        at = end;
      }
    }
    return hash ^ hash >>> 32;
  }

  /** Where the first field after that byte begins; the payload's end when there is none. */
  private static int nextStart(Field[] fields, int at, int length) {
    int next = length;
    for (Field field : fields) {
      int start = field.start(length);
      if (start > at) {
        next = Math.min(next, start);
      }
    }
    return next;
  }

  private static long hash(long before, ByteBuffer bytes, int from, int to) {
    long hash = before;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixed(hash, (long) LONG.get(bytes, at));
    }
    for (; at < to; at++) {
      hash = mixed(hash, bytes.get(at));
    }
    return hash;
  }

  private static long mixed(long hash, long more) {
    long mixed = (hash ^ more) * PRIME;
    return mixed ^ mixed >>> 29;
  }
}
