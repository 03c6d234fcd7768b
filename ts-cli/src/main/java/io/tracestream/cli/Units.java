package io.tracestream.cli;

import java.util.Locale;

/** Numbers for people. */
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

  /** A number of bytes to three digits or so: {@code 412 B}, {@code 1.20 kB}, {@code 35.7 MB}. */
  static String bytes(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    if (bytes < 1_000_000) {
      return threeDigits(bytes / 1e3) + " kB";
    }
    return bytes < 1_000_000_000
        ? threeDigits(bytes / 1e6) + " MB"
        : threeDigits(bytes / 1e9) + " GB";
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

  /** Like String.format, but the same in every locale. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
