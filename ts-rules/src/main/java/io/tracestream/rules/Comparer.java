package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Compares payloads of one direction under rules. Immutable. */
public final class Comparer {
  /** The bytes that are not compared. */
  private final Field[] open;

  /**
   * Compares under these rules.
   *
   * @param rules what may vary
   * @param direction the direction of the payloads
   */
  public Comparer(Rules rules, Direction direction) {
    // Plain loops in this and the other classes of a session: the first stream of a JVM takes tens
    // of
    // milliseconds, which the first client would see as a late reply.
    List<Field> fields = new ArrayList<>();
    for (Field field : rules.ignored()) {
      addOf(direction, field, fields);
    }
    for (Copy copy : rules.copied()) {
      addOf(direction, copy.from(), fields);
    }
    open = fields.toArray(new Field[0]);
  }

  private static void addOf(Direction direction, Field field, List<Field> fields) {
    if (field.direction() == direction) {
      fields.add(field);
    }
  }

  /**
   * The first byte that differs. Both buffers stay as they are.
   *
   * @param expected the recorded payload
   * @param found the live one
   * @return an offset in the payloads: where one is a beginning of the other, the shorter one's
   *     length; -1 when nothing differs
   */
  public int difference(ByteBuffer expected, ByteBuffer found) {
    int at = expected.mismatch(found);
    return at < 0 || open.length == 0 ? at : differenceFrom(at, expected.slice(), found.slice());
  }

  private int differenceFrom(int first, ByteBuffer expected, ByteBuffer found) {
    int length = expected.limit();
    int common = Math.min(length, found.limit());
    int at = first;
    while (at < common && !isCompared(at, length)) {
      int behind = Math.min(openEnd(at, length), common);
      int further = expected.position(behind).mismatch(found.position(behind));
      if (further < 0) {
        return -1;
      }
      at = behind + further;
    }
    return at;
  }

  /**
   * Whether a byte is compared.
   *
   * @param at its offset
   * @param length the payload's length
   * @return false when it is left open
   */
  public boolean isCompared(int at, int length) {
    return openEnd(at, length) == at;
  }

  /**
   * Where the open bytes end that begin no later than at that one; that one when it is compared.
   */
  private int openEnd(int at, int length) {
    int end = at;
    for (Field field : open) {
      if (field.start(length) <= at) {
        end = Math.max(end, field.end(length));
      }
    }
    return end;
  }
}
