package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one copy took from the frames so far: live values by the recorded ones. For one thread. */
final class CopiedValues {
  /** Values that are remembered; the oldest give way. */
  private static final int MOST = 65_536;
  /** Bytes of them, on either side; a single value may be longer. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final Copy copy;
  private final int most;
  /** Only those that differ: a value that is as it was recorded needs no copying. */
  private final Map<ByteBuffer, byte[]> liveByRecorded = new LinkedHashMap<>();

  CopiedValues(Copy copy) {
    this.copy = copy;
    this.most = Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
  }

  Direction from() {
    return copy.from().direction();
  }

  Direction into() {
    return copy.to().direction();
  }

  /** How long the payload's value is: 0 when the payload is too short for it. */
  int length(ByteBuffer payload) {
    return copy.from().isWhole(payload.remaining()) ? copy.from().length() : 0;
  }

  /** Appends the payload's value. */
  void cut(ByteBuffer payload, ByteBuffer values) {
    if (length(payload) > 0) {
      values.put(bytes(copy.from(), payload));
    }
  }

  /** Takes the next live value; it belongs to this recorded payload. */
  void remember(ByteBuffer recorded, ByteBuffer values) {
    if (length(recorded) == 0) {
      return;
    }
    ByteBuffer key = ByteBuffer.wrap(bytes(copy.from(), recorded));
    byte[] value = new byte[copy.from().length()];
    values.get(value);
    liveByRecorded.remove(key); // put alone would leave it in its old place
    if (!Arrays.equals(key.array(), value)) {
      liveByRecorded.put(key, value);
    }
    if (liveByRecorded.size() > most) {
      liveByRecorded.remove(liveByRecorded.keySet().iterator().next());
    }
  }

  /** What goes into that frame; null when it stays as it was recorded. */
  byte[] valueFor(ByteBuffer recorded) {
    return liveByRecorded.isEmpty() || !copy.to().isWhole(recorded.remaining())
        ? null
        : liveByRecorded.get(ByteBuffer.wrap(bytes(copy.to(), recorded)));
  }

  /** Where in the payload it goes. */
  int place(ByteBuffer recorded) {
    return copy.to().start(recorded.remaining());
  }

  private static byte[] bytes(Field field, ByteBuffer payload) {
    byte[] bytes = new byte[field.length()];
    payload.get(payload.position() + field.start(payload.remaining()), bytes);
    return bytes;
  }
}
