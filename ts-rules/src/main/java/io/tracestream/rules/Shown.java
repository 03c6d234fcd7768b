package io.tracestream.rules;

/**
 * Text from outside, as an error may show it: on one line, harmless to a terminal, not too long.
 */
final class Shown {
  private static final int MOST = 60;

  private Shown() {}

  static String quoted(String text) {
    boolean isLong = text.length() > MOST;
    return "\"" + escaped(isLong ? text.substring(0, MOST) : text) + (isLong ? "..." : "") + "\"";
  }

  /** The text with whatever is no visible character as its number. */
  static String escaped(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR,
            Character.SURROGATE,
            Character.UNASSIGNED ->
          shown.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
        default -> shown.appendCodePoint(c);
      }
    });
    return shown.toString();
  }
}
