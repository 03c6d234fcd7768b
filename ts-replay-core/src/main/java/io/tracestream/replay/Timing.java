package io.tracestream.replay;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How long to pause before an entry is sent: the recorded pause, divided by the speed, and no
 * longer than the longest gap. Immutable: each {@code with} gives a changed copy.
 */
public final class Timing {
  /** In nanoseconds; keeps times from overflowing. */
  private static final long LONGEST_PAUSE = Long.MAX_VALUE / 4;

  /** With the recorded pauses between entries, each counted from the frame before. */
  public static final Timing ORIGINAL = new Timing(1, Duration.ofNanos(LONGEST_PAUSE));
  /** At once. */
  public static final Timing NONE = ORIGINAL.withSpeed(Double.POSITIVE_INFINITY);

  private final double speed;
  private final Duration maxGap;

  private Timing(double speed, Duration maxGap) {
    this.speed = speed;
    this.maxGap = maxGap;
  }

  /**
   * The same at another speed.
   *
   * @param other how much quicker than recorded, above 0: 2 halves each pause, infinity leaves none
   * @return the changed copy
   * @throws IllegalArgumentException if the speed is not above 0
   */
  public Timing withSpeed(double other) {
    if (!(other > 0)) {
      throw new IllegalArgumentException("speed: found " + other + ", expected a number above 0");
    }
    return new Timing(other, maxGap);
  }

  /**
   * The same with a limit for pauses.
   *
   * @param other the longest pause, not below 0
   * @return the changed copy
   * @throws IllegalArgumentException if the pause is below 0
   */
  public Timing withMaxGap(Duration other) {
    Objects.requireNonNull(other, "maxGap");
    if (other.isNegative()) {
      throw new IllegalArgumentException("maxGap: found " + other + ", expected 0 or more");
    }
    return new Timing(speed, other);
  }

  /**
   * How much quicker than recorded.
   *
   * @return above 0
   */
  public double speed() {
    return speed;
  }

  /**
   * The longest pause.
   *
   * @return 0 or more
   */
  public Duration maxGap() {
    return maxGap;
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
    return duration.toSeconds() < LONGEST_PAUSE / 1_000_000_000
        ? duration.toNanos()
        : LONGEST_PAUSE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Timing that && speed == that.speed && maxGap.equals(that.maxGap);
  }

  @Override
  public int hashCode() {
    return Objects.hash(speed, maxGap);
  }

  @Override
  public String toString() {
    return "speed " + speed + ", pauses of at most " + maxGap;
  }
}
