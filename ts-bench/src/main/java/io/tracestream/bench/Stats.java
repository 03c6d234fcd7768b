package io.tracestream.bench;

import java.util.Arrays;

/** What is said of many figures by one. */
final class Stats {
  private Stats() {}

  /** The middle one, or the mean of the two in the middle; NaN when there is none. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The value below which {@code percent} of the sorted values lie; 0 when there is none. */
  static long percentile(long[] sorted, int percent) {
    return sorted.length == 0 ? 0 : sorted[(int) ((long) sorted.length * percent / 100)];
  }
}
