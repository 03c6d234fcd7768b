package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Field;
import java.nio.ByteBuffer;

/** Tells a difference that has the shape of a varying field, as of an id or a time. */
final class VaryingField {
  /** As long as the longest ids are: a UUID's text. */
  private static final int MOST = 36;

  private VaryingField() {}

  /**
   * The bytes that differ between two payloads of one length; null when they are many or far apart.
   */
  static Field between(byte[] expected, byte[] found, Comparer comparer, Direction direction) {
    int first = -1;
    int last = -1;
    for (int at = 0; at < expected.length; at++) {
      if (expected[at] != found[at] && comparer.isCompared(ByteBuffer.wrap(expected), at)) {
        // A byte of an id is equal by chance at times; two in a row, or other fields, are not one.
        if (first >= 0 && at - last > 2) {
          return null;
        }
        first = first < 0 ? at : first;
        last = at;
      }
    }
    int length = last + 1 - first;
    return first < 0 || length > MOST || length == expected.length
        ? null
        : Field.of(direction, first, length);
  }
}
