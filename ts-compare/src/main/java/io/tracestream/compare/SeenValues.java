package io.tracestream.compare;

import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values that one copy's source held so far in one recording. For one thread. */
final class SeenValues {
  /** Values that are remembered; the oldest give way. */
  private static final int MOST = 65_536;
  /** Bytes of them; a single value may be longer. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final Copy copy;
  private final int most;
  private final Map<ByteBuffer, Integer> keysByValue = new LinkedHashMap<>();

  SeenValues(Copy copy) {
    this.copy = copy;
    this.most = Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
  }

  /** A frame that may be answered; {@code key} is a number for what it says. */
  void remember(byte[] payload, int key) {
    ByteBuffer value = value(copy.from(), payload);
    if (value == null) {
      return;
    }
    keysByValue.remove(value); // put alone would leave it in its old place
    keysByValue.put(value, key);
    if (keysByValue.size() > most) {
      keysByValue.remove(keysByValue.keySet().iterator().next());
    }
  }

  /** The key of the latest frame that held the value of this answer; null when none did. */
  Integer sourceOf(byte[] payload) {
    ByteBuffer value = value(copy.to(), payload);
    return value == null ? null : keysByValue.get(value);
  }

  private static ByteBuffer value(Field field, byte[] payload) {
    int length = payload.length;
    return field.isWhole(length)
        ? ByteBuffer.wrap(Arrays.copyOfRange(payload, field.start(length), field.end(length)))
        : null;
  }
}
