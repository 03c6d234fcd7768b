package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.nio.ByteBuffer;

/** Bytes of payloads as values that can be compared. */
final class Bytes {
  private Bytes() {}

  /** What a payload holds in a field that it has; a view. */
  static ByteBuffer of(Field field, byte[] payload) {
    return ByteBuffer.wrap(payload, field.start(payload.length), field.length()).slice();
  }

  /** Whether a payload holds a value anywhere. */
  static boolean contain(byte[] payload, ByteBuffer value) {
    ByteBuffer bytes = ByteBuffer.wrap(payload);
    for (int at = 0; at + value.remaining() <= payload.length; at++) {
      if (payload[at] == value.get(0) && bytes.slice(at, value.remaining()).equals(value)) {
        return true;
      }
    }
    return false;
  }
}
