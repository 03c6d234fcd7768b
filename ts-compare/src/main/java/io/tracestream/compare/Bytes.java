package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.nio.ByteBuffer;

/** The bytes of fields, as values that can be compared. */
final class Bytes {
  private Bytes() {}

  /** The bytes of a field that the payload has; a view. */
  static ByteBuffer of(Field field, byte[] payload) {
    return field.value(ByteBuffer.wrap(payload));
  }
}
