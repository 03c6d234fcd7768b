package io.tracestream.replay;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * When the entries that are due are sent: the recorded pause between two entries, divided by the
 * speed, and cut at the longest gap. Immutable.
 *
 * @param speed how much quicker than recorded, above 0: 2 halves each pause, infinity leaves none
 * @param maxGap the longest pause, not below 0
 */
public record Timing(double speed, Duration maxGap) {
  /** In nanoseconds; so that times do not overflow. */
  private static final long LONGEST_PAUSE = Long.MAX_VALUE / 4;

  /** With the recorded pauses between entries, each counted from the frame before. */
  public static final Timing ORIGINAL = new Timing(1, Duration.ofNanos(LONGEST_PAUSE));
  /** At once. */
  public static final Timing NONE = ORIGINAL.withSpeed(Double.POSITIVE_INFINITY);

  /**
   * Refuses a speed or a gap that means nothing.
   *
   * @param speed how much quicker than recorded
   * @param maxGap the longest pause
   * @throws IllegalArgumentException when the speed is not above 0, or the gap is below 0
   */
  public Timing {
    Objects.requireNonNull(maxGap, "maxGap");
    if (!(speed > 0)) {
      throw new IllegalArgumentException("speed: found " + speed + ", expected a number above 0");
    }
    if (maxGap.isNegative()) {
      throw new IllegalArgumentException("maxGap: found " + maxGap + ", expected 0 or more");
    }
  }

  /**
   * This, at another speed.
   *
   * @param other how much quicker than recorded, above 0
   * @return the changed copy
   */
  public Timing withSpeed(double other) {
    return new Timing(other, maxGap);
  }

  /**
   * This, with no longer pauses than that.
   *
   * @param other the longest pause, not below 0
   * @return the changed copy
   */
  public Timing withMaxGap(Duration other) {
    return new Timing(speed, other);
  }

  /** Whether there are no pauses at all. */
  boolean isAtOnce() {
    return speed == Double.POSITIVE_INFINITY || maxGap.isZero();
  }

  /** The pause between two entries, in nanoseconds; none where the recorded time goes back. */
  long pauseNanos(long fromMicros, long toMicros) {
    long recorded = TimeUnit.MICROSECONDS.toNanos(Math.max(0, toMicros - fromMicros));
    return (long) Math.min(recorded / speed, nanos(maxGap));
  }

  /** A duration in nanoseconds, cut where times would overflow. */
  static long nanos(Duration duration) {
    return duration.getSeconds() < LONGEST_PAUSE / 1_000_000_000
        ? duration.toNanos()
        : LONGEST_PAUSE;
  }
}
