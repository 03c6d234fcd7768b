package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The content of a field in some payload, as the key of a map. */
final class FieldValue {
  private byte[] bytes;
  private long hash;

  /** Of no payload; {@link #take} fills it. */
  FieldValue() {
    this(new byte[0], 0);
  }

  private FieldValue(byte[] bytes, long hash) {
    this.bytes = bytes;
    this.hash = hash;
  }

  FieldValue copy() {
    return new FieldValue(bytes.clone(), hash);
  }

  /** Takes the value that a payload holds; false when it does not have the field. */
  boolean take(Field field, ByteBuffer payload) {
    int start = field.start(payload);
    if (start < 0) {
      return false;
    }
    if (field.varies()) {
      ByteBuffer content = field.content(field.valueFrom(payload, start));
      makeRoom(content.remaining());
      content.get(bytes);
    } else {
      makeRoom(field.length());
      payload.get(payload.position() + start, bytes);
    }
    hash = 0;
    for (byte one : bytes) {
      hash = (hash + one + 1) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 29;
    }
    return true;
  }

  private void makeRoom(int length) {
    if (bytes.length != length) {
      bytes = new byte[length];
    }
  }

  int length() {
    return bytes.length;
  }

  boolean is(byte[] value) {
    return Arrays.equals(bytes, value);
  }

  long hash() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FieldValue value && hash == value.hash && is(value.bytes);
  }

  @Override
  public int hashCode() {
    return (int) hash;
  }
}
