package io.tracestream.junit;

import java.util.Locale;

/**
 * When a recording is made from the target. Without a target, none is ever made.
 *
 * <p>The system property {@code tracestream.record}, or else the environment variable
 * {@code TRACESTREAM_RECORD}, overrides what the tests say: {@code none}, {@code once} or
 * {@code all}.
 */
public enum RecordMode {
  /** Never: a missing recording fails the test. The right mode for CI. */
  NONE,
  /** When the recording is missing. */
  ONCE,
  /**
   * In each run of the tests, and replaces the earlier recording. Tests that share a recording
   * share the new one as well: the first of them makes it, and the others play it.
   */
  ALL;

  static final String PROPERTY = "tracestream.record";
  static final String VARIABLE = "TRACESTREAM_RECORD";

  /** The mode in the system property or the environment variable; this one without them. */
  RecordMode unlessOverridden() {
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
