package io.tracestream.cli;

/**
 * How numbers from 0 upward are distributed, in fixed memory: 112 KiB for any number of them. The
 * smallest, the largest and all numbers below 512 are exact; others are up to 0.4 % too small.
 *
 * <p>Not safe for several threads at once.
 */
final class Distribution {
  /** Buckets between a power of two and the next. Numbers below twice this have their own. */
  private static final int STEPS = 256;

  private static final int STEP_BITS = 8;

  private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS];
  private long count;
  private long min = Long.MAX_VALUE;
  private long max;

  void add(long number) {
    counts[bucket(number)]++;
    count++;
    min = Math.min(min, number);
    max = Math.max(max, number);
  }

  private static int bucket(long number) {
    int shift = Math.max(0, Long.SIZE - 1 - STEP_BITS - Long.numberOfLeadingZeros(number));
    return shift * STEPS + (int) (number >>> shift);
  }

  /** The smallest number of a bucket. */
  private static long smallest(int bucket) {
    int shift = Math.max(0, bucket / STEPS - 1);
    return (long) (bucket - shift * STEPS) << shift;
  }

  /**
   * How many numbers there are.
   *
   * @return their count
   */
  long count() {
    return count;
  }

  /**
   * The smallest number.
   *
   * @return it; 0 without numbers
   */
  long min() {
    return count == 0 ? 0 : min;
  }

  /**
   * The largest number.
   *
   * @return it; 0 without numbers
   */
  long max() {
    return max;
  }

  /**
   * The given percentile.
   *
   * @param percent above 0, up to 100: 50 for the median
   * @return the smallest number that this percentage of all numbers does not exceed; 0 without any
   * @throws IllegalArgumentException when {@code percent} is out of range
   */
  long percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException(
          "percent: found " + percent + ", expected above 0 and up to 100");
    }
    double rank = percent * count / 100;
    if (rank > count - 1) {
      return max;
    }
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      below += counts[i];
      if (counts[i] > 0 && below >= rank) {
        return Math.max(min, smallest(i));
      }
    }
    return 0;
  }
}
