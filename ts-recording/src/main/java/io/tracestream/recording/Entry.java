package io.tracestream.recording;

import java.util.Arrays;
import java.util.Objects;

/**
 * One frame in a recording. Two entries are equal when time, direction and payload bytes are.
 *
 * <p>Immutable if nobody changes the payload's bytes.
 */
public final class Entry {
  private final long elapsedMicros;
  private final Direction direction;
  private final byte[] payload;

  /**
   * An entry.
   *
   * @param elapsedMicros microseconds since the recording began, 0 or more
   * @param direction which way the frame went
   * @param payload the frame's payload, possibly empty; not copied, so do not change it
   * @throws IllegalArgumentException if the time is below 0
   */
  public Entry(long elapsedMicros, Direction direction, byte[] payload) {
    if (elapsedMicros < 0) {
      throw new IllegalArgumentException("elapsedMicros: " + elapsedMicros + " is below 0");
    }
    this.elapsedMicros = elapsedMicros;
    this.direction = Objects.requireNonNull(direction, "direction");
    this.payload = Objects.requireNonNull(payload, "payload");
  }

  /**
   * When the frame came.
   *
   * @return microseconds since the recording began, 0 or more
   */
  public long elapsedMicros() {
    return elapsedMicros;
  }

  /**
   * Which way the frame went.
   *
   * @return its direction
   */
  public Direction direction() {
    return direction;
  }

  /**
   * What the frame carried.
   *
   * @return its payload, possibly empty; not a copy, so do not change it
   */
  public byte[] payload() {
    return payload;
  }

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
