package io.tracestream.cli;

/** Text as a report can have it, in XML and in JSON. */
final class VisibleText {
  private VisibleText() {}

  /**
   * Writes visibly, such as {@code \}{@code u0007}, what XML 1.0 has no way to say: control
   * characters other than tab and line feed, halves of surrogate pairs, and two that are none.
   */
  static String of(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints().forEach(character -> {
      if (isAllowed(character)) {
        visible.appendCodePoint(character);
      } else {
        visible.append(String.format("\\u%04x", character));
      }
    });
    return visible.toString();
  }

  /** The same in one line, for an attribute: a parser would take a line end for a blank. */
  static String inOneLine(String text) {
    return of(text.replaceAll("\\s*\\R\\s*", " ").replace('\t', ' '));
  }

  private static boolean isAllowed(int character) {
    if (Character.isISOControl(character)) {
      return character == '\t' || character == '\n';
    }
    return (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE)
        && character != 0xfffe
        && character != 0xffff;
  }
}
