package io.tracestream.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run gave. A figure that was not measured is NaN.
 *
 * @param figure in the unit of the job
 * @param p50Micros median of the round trips, in microseconds
 * @param p99Micros 99th percentile of the round trips, in microseconds
 * @param processorSeconds used by the peer's processes
 * @param peakMiB the most memory that they ever had resident
 */
record Sample(
    double figure, double p50Micros, double p99Micros, double processorSeconds, double peakMiB) {

  /** A figure, and nothing else. */
  static Sample of(double figure) {
    return new Sample(figure, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /** Each figure's median. */
  static Sample median(List<Sample> samples) {
    return new Sample(
        median(samples, Sample::figure),
        median(samples, Sample::p50Micros),
        median(samples, Sample::p99Micros),
        median(samples, Sample::processorSeconds),
        median(samples, Sample::peakMiB));
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
    return Stats.median(samples.stream().mapToDouble(figure).toArray());
  }
}
