package io.tracestream.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options. */
final class Values {
  private Values() {}

  private static TypeConversionException wrong(String value, String expected) {
    return new TypeConversionException("found \"" + value + "\", expected " + expected);
  }

  /** The name of a file or a folder. */
  static class FileOrFolder implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      try {
        if (!value.isEmpty()) {
          return Arguments.path(value);
        }
      } catch (IllegalArgumentException e) {
        // refused below, like an empty name
      }
      throw wrong(value, "a name that a file can have here");
    }
  }

  /** The name of a file. */
  static class FileName extends FileOrFolder {
    @Override
    public Path convert(String value) {
      if (value.endsWith("/")) {
        throw wrong(value, "the name of a file, without a / at its end");
      }
      return super.convert(value);
    }
  }

  /** The name of a file for one of some kinds of reports. */
  abstract static class Report extends FileName {
    private final String expected;
    private final List<String> suffixes;

    /** Takes only names with these suffixes; {@code expected} says so. */
    Report(String expected, String... suffixes) {
      this.expected = expected;
      this.suffixes = List.of(suffixes);
    }

    @Override
    public Path convert(String value) {
      if (suffixes.stream().noneMatch(suffix -> hasSuffix(value, suffix))) {
        throw wrong(value, "a name that ends in " + expected);
      }
      return super.convert(value);
    }

    static boolean hasSuffix(String name, String suffix) {
      return name.toLowerCase(Locale.ROOT).endsWith(suffix);
    }
  }

  /** One of two words. */
  abstract static class Either<T> implements ITypeConverter<T> {
    private final Map<String, T> values;
    private final String expected;

    Either(String word, T value, String otherWord, T otherValue) {
      values = Map.of(word, value, otherWord, otherValue);
      expected = word + " or " + otherWord;
    }

    @Override
    public final T convert(String value) {
      if (!values.containsKey(value)) {
        throw wrong(value, expected);
      }
      return values.get(value);
    }
  }

  /** A whole number in a range. */
  abstract static class Range implements ITypeConverter<Integer> {
    private final int least;
    private final int most;

    Range(int least, int most) {
      this.least = least;
      this.most = most;
    }

    @Override
    public final Integer convert(String value) {
      try {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // refused below, like a number out of range
      }
      throw new TypeConversionException(
          "found " + value + ", expected a whole number from " + least + " to " + most);
    }
  }

  /** Any whole number. */
  static final class WholeNumber implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      try {
        return Long.valueOf(value);
      } catch (NumberFormatException e) {
        throw wrong(value, "a whole number");
      }
    }
  }

  /** A number from 0. */
  static final class FromZero extends Range {
    private FromZero() {
      super(0, Integer.MAX_VALUE);
    }
  }

  /** A number from 1. */
  static final class FromOne extends Range {
    private FromOne() {
      super(1, Integer.MAX_VALUE);
    }
  }

  /** A number of bytes from 1, such as {@code 1000000}, {@code 64k}, {@code 10m}, {@code 2g}. */
  static final class ByteCount implements ITypeConverter<Long> {
    private static final Pattern SHAPE =
        Pattern.compile("(\\d{1,9}|\\d{1,18}(?![kmgKMG]))([kmgKMG]?)");
    private static final Map<String, Integer> SHIFTS = Map.of("", 0, "k", 10, "m", 20, "g", 30);

    @Override
    public Long convert(String value) {
      Matcher matcher = SHAPE.matcher(value);
      long bytes = matcher.matches()
          ? Long.parseLong(matcher.group(1))
              << SHIFTS.get(matcher.group(2).toLowerCase(Locale.ROOT))
          : 0;
      if (bytes == 0) {
        throw wrong(value, "a number of bytes such as 1000000, 64k, 10m or 2g");
      }
      return bytes;
    }
  }

  /** A time such as {@code 500ms}, {@code 1.5s}, {@code 2m} or {@code 1h}. */
  static class Time implements ITypeConverter<Duration> {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h)");
    private static final Map<String, Duration> UNITS = Map.of(
        "ms", Duration.ofMillis(1),
        "s", Duration.ofSeconds(1),
        "m", Duration.ofMinutes(1),
        "h", Duration.ofHours(1));

    @Override
    public Duration convert(String value) {
      Matcher matcher = SHAPE.matcher(value);
      if (!matcher.matches()) {
        throw wrong(value, "a time such as 500ms, 10s, 2m or 1h");
      }
      BigDecimal nanos = new BigDecimal(matcher.group(1))
          .multiply(BigDecimal.valueOf(UNITS.get(matcher.group(2)).toNanos()));
      BigDecimal[] seconds = nanos.divideAndRemainder(BigDecimal.valueOf(1_000_000_000));
      return Duration.ofSeconds(seconds[0].longValue(), seconds[1].longValue());
    }
  }

  /** A time above zero. */
  static final class PositiveTime extends Time {
    @Override
    public Duration convert(String value) {
      Duration duration = super.convert(value);
      if (duration.isZero()) {
        throw new TypeConversionException("found " + value + ", expected more than 0");
      }
      return duration;
    }
  }
}
