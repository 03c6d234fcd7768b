package io.tracestream.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Units {
  private static final long MINUTE = 60_000_000;

  private Units() {}

  /** A time to three digits or so: {@code 412 us}, {@code 1.20 ms}, {@code 2 min 05 s}. */
  static String time(long micros) {
    if (micros < 1_000) {
      return micros + " us";
    }
    if (micros < 1_000_000) {
      return threeDigits(micros / 1e3) + " ms";
    }
    if (micros < MINUTE) {
      return threeDigits(micros / 1e6) + " s";
    }
    if (micros < 60 * MINUTE) {
      return format("%d min %02d s", micros / MINUTE, micros % MINUTE / 1_000_000);
    }
    return format("%d h %02d min", micros / (60 * MINUTE), micros / MINUTE % 60);
  }

  private static String threeDigits(double number) {
    return format(number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f", number);
  }

  /** How many there are of something: {@code 1 line}, {@code 2 lines}. */
  static String count(long count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  static String entries(long count) {
    return count(count, "entry", "entries");
  }

  /** As String.format, but the same everywhere. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
