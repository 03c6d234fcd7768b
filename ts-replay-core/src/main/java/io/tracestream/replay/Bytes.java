package io.tracestream.replay;

import java.nio.ByteBuffer;

/** Bytes of payloads as values that can be compared. */
final class Bytes {
  private Bytes() {}

  /** What a payload holds in a field that it has; a view. */
  static ByteBuffer of(Field field, byte[] payload) {
    return ByteBuffer.wrap(payload, field.start(payload.length), field.length()).slice();
  }
}
