package io.tracestream.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of bytes, 1 or more, such as {@code 1000000}, {@code 64k}, {@code 10m},
 * {@code 2g}.
 */
final class ToBytes implements ITypeConverter<Long> {
  private static final Pattern SHAPE =
      Pattern.compile("(\\d{1,9}|\\d{1,18}(?![kmgKMG]))([kmgKMG]?)");

  @Override
  public Long convert(String value) {
    Matcher matcher = SHAPE.matcher(value);
    long bytes = matcher.matches()
        ? Long.parseLong(matcher.group(1)) << shift(matcher.group(2).toLowerCase(Locale.ROOT))
        : 0;
    if (bytes == 0) {
      throw new TypeConversionException(
          "found \"" + value + "\", expected a number of bytes such as 1000000, 64k, 10m or 2g");
    }
    return bytes;
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "k" -> 10;
      case "m" -> 20;
      case "g" -> 30;
      default -> 0;
    };
  }
}
