package io.tracestream.rules;

/**
 * Text from outside, as an error may show it: on one line, harmless to a terminal, not too long.
 */
final class Shown {
  private static final int MOST = 60;
  /** How much of a long text is shown before the place that an error is about. */
  private static final int BEFORE = 40;

  private Shown() {}

  static String quoted(String text) {
    return quoted(text, 0);
  }

  /** The text around a place in it, if all of it is too long to show. */
  static String quoted(String text, int at) {
    int from = text.length() <= MOST ? 0 : Math.max(0, at - BEFORE);
    int to = Math.min(text.length(), from + MOST);
    return "\"" + (from > 0 ? "..." : "") + escaped(text.substring(from, to))
        + (to < text.length() ? "..." : "") + "\"";
  }

  /** The text, with everything that is not a visible character as its number. */
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
