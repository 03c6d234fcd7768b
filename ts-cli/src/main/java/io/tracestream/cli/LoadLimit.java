package io.tracestream.cli;

import io.tracestream.replay.LoadStats;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A limit that makes a load fail: {@code p99>50ms}, {@code mismatches>0}, {@code rate<450/s}.
 *
 * @param text as it was written
 * @param metric what is limited
 * @param above whether it fails above the value, else below it
 * @param value the limit: times in nanoseconds
 * @param isTime whether what is limited is a time
 * @param measured the metric's value in a load
 */
record LoadLimit(
    String text,
    String metric,
    boolean above,
    double value,
    boolean isTime,
    ToDoubleFunction<Measured> measured) {
  private static final Pattern SHAPE = Pattern.compile("\\s*([^\\s<>]+)\\s*([<>])\\s*(\\S*)\\s*");
  private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,3}(?:\\.\\d{1,9})?)");
  private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)/s");

  static final LoadLimit NO_MISMATCHES = of("mismatches>0");
  static final LoadLimit NO_ERRORS = of("errors>0");

  /** What a load has measured. */
  record Measured(LoadStats stats, Histogram latencies) {}

  /**
   * Reads a limit.
   *
   * @throws IllegalArgumentException if it is not a limit; the message says why
   */
  static LoadLimit of(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (!parts.matches()) {
      throw wrong(text, "expected a limit such as 'p99>50ms', 'mismatches>0' or 'rate<450/s'");
    }
    String metric = parts.group(1);
    boolean above = parts.group(2).equals(">");
    String value = parts.group(3);
    Matcher percentile = PERCENTILE.matcher(metric);
    if (percentile.matches()) {
      double percent = Double.parseDouble(percentile.group(1));
      if (!(percent > 0 && percent <= 100)) {
        throw wrong(text, "expected a percentile above 0 and up to 100, such as p99.9");
      }
      return time(text, metric, above, value, all -> all.getValueAtPercentile(percent));
    }
    return switch (metric) {
      case "max" -> time(text, metric, above, value, Histogram::getMaxValue);
      case "mean" -> time(text, metric, above, value, Histogram::getMean);
      case "mismatches" ->
        count(text, metric, above, value, load -> load.stats().count(LoadStats.Problem.MISMATCH));
      case "errors" -> count(text, metric, above, value, load -> load.stats().errors());
      case "overdue" -> count(text, metric, above, value, load -> load.stats().overdue());
      case "rate" -> rate(text, metric, above, value);
      default ->
        throw wrong(
            text,
            "there is no \"" + metric + "\"; expected p99 or another percentile, max, mean,"
                + " mismatches, errors, overdue or rate");
    };
  }

  private static LoadLimit time(
      String text,
      String metric,
      boolean above,
      String value,
      ToDoubleFunction<Histogram> measured) {
    try {
      Duration limit = new Values.Time().convert(value);
      return new LoadLimit(
          text,
          metric,
          above,
          limit.toNanos(),
          true,
          load -> measured.applyAsDouble(load.latencies()));
    } catch (TypeConversionException | ArithmeticException e) {
      throw wrong(text, "expected a time after " + sign(above) + ", such as 50ms or 1.5s");
    }
  }

  private static LoadLimit count(
      String text,
      String metric,
      boolean above,
      String value,
      ToDoubleFunction<Measured> measured) {
    if (!value.matches("\\d{1,15}")) {
      throw wrong(text, "expected a whole number after " + sign(above));
    }
    return new LoadLimit(text, metric, above, Double.parseDouble(value), false, measured);
  }

  private static LoadLimit rate(String text, String metric, boolean above, String value) {
    Matcher rate = RATE.matcher(value);
    if (!rate.matches()) {
      throw wrong(text, "expected replies per second after " + sign(above) + ", such as 450/s");
    }
    return new LoadLimit(
        text,
        metric,
        above,
        Double.parseDouble(rate.group(1)),
        false,
        load -> perSecond(load.stats().replies(), load.stats().elapsed()));
  }

  /** How many there are in each second. */
  static double perSecond(long count, Duration time) {
    return time.isZero() ? 0 : count * 1e9 / time.toNanos();
  }

  private static String sign(boolean above) {
    return above ? ">" : "<";
  }

  private static IllegalArgumentException wrong(String text, String why) {
    return new IllegalArgumentException("found \"" + text + "\": " + why);
  }

  /** Whether a load has broken it. A time that nothing was measured for is not kept. */
  boolean isBroken(Measured load) {
    if (isTime && load.latencies().getTotalCount() == 0) {
      return true;
    }
    double found = measured.applyAsDouble(load);
    return above ? found > value : found < value;
  }

  /** What a load has in its place, for people. */
  String found(Measured load) {
    if (isTime) {
      return load.latencies().getTotalCount() == 0
          ? "no latency was measured"
          : metric + " is " + Units.time(Math.round(measured.applyAsDouble(load) / 1000));
    }
    double found = measured.applyAsDouble(load);
    return metric.equals("rate")
        ? "rate is " + Units.format("%.1f/s", found)
        : "there are " + String.format(Locale.ROOT, "%.0f", found);
  }

  static final class ToLimit implements ITypeConverter<LoadLimit> {
    @Override
    public LoadLimit convert(String value) {
      try {
        return of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
