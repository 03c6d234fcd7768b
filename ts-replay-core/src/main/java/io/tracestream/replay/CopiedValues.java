package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
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

  boolean from(Direction direction) {
    return copy.from().direction() == direction;
  }

  boolean into(Direction direction) {
    return copy.to().direction() == direction;
  }

  void remember(ByteBuffer recorded, ByteBuffer live) {
    if (!copy.from().isWhole(recorded.remaining()) || live.remaining() != recorded.remaining()) {
      return;
    }
    ByteBuffer key = ByteBuffer.wrap(bytes(copy.from(), recorded));
    byte[] value = bytes(copy.from(), live);
    liveByRecorded.remove(key); // put alone would leave it in its old place
    if (!key.equals(ByteBuffer.wrap(value))) {
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
