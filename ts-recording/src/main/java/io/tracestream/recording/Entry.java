package io.tracestream.recording;

import java.util.Arrays;

/**
 * One frame in a recording. Two entries are equal when time, direction and payload bytes are.
 *
 * @param elapsedMicros microseconds since the recording began, 0 or more
 * @param direction which way the frame went
 * @param payload the frame's payload, possibly empty; not copied, so leave it as it is
 */
public record Entry(long elapsedMicros, Direction direction, byte[] payload) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Entry that
        && elapsedMicros == that.elapsedMicros
        && direction == that.direction
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(elapsedMicros) + direction.hashCode())
        + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return elapsedMicros + " us " + direction + ", " + payload.length + " bytes";
  }
}
