package io.tracestream.junit;

import java.util.Locale;

/**
 * When a recording is made from the target. Without a target none ever is.
 *
 * <p>The system property {@code tracestream.record}, and without it the environment variable
 * {@code TRACESTREAM_RECORD}, decide for all tests in the place of what these say themselves:
 * {@code none}, {@code once} or {@code all}.
 */
public enum RecordMode {
  /** Never: a recording that is missing fails the test. The right one for CI. */
  NONE,
  /** When it is missing. */
  ONCE,
  /** Each time, in the place of the earlier one. */
  ALL;

  static final String PROPERTY = "tracestream.record";
  static final String VARIABLE = "TRACESTREAM_RECORD";

  /** What decides: the system property, the environment variable, or this. */
  RecordMode unlessToldOtherwise() {
    String property = System.getProperty(PROPERTY, "");
    String variable = System.getenv().getOrDefault(VARIABLE, "");
    if (!property.isEmpty()) {
      return parse(PROPERTY, property);
    }
    return variable.isEmpty() ? this : parse(VARIABLE, variable);
  }

  private static RecordMode parse(String name, String text) {
    for (RecordMode mode : values()) {
      if (mode.toString().equals(text.toLowerCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        name + ": found \"" + text + "\", expected none, once or all");
  }

  /** As it is written in the property. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
