package io.tracestream.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text from outside safe to show: spells out what a terminal or XML would act on. */
final class VisibleText {
  /** The colours of {@link io.tracestream.rules.HexRows}. */
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[(?:31|0)m");

  private VisibleText() {}

  /**
   * A line of text for a terminal, with control characters spelled out, such as {@code \n} and
   * {@code \}{@code u001b}, and also those that change the direction of writing.
   */
  static String line(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return text;
    }
    StringBuilder visible = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(character -> {
      switch (character) {
        case '\n' -> visible.append("\\n");
        case '\r' -> visible.append("\\r");
        case '\t' -> visible.append("\\t");
        default -> {
          if (isHarmless(character)) {
            visible.appendCodePoint(character);
          } else {
            spell(character, visible);
          }
        }
      }
    });
    return visible.toString();
  }

  /** Lines for a terminal that may have our colours; otherwise as {@link #line}. */
  static String lines(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    for (String line : text.split("(?<=\n)")) {
      String end = line.endsWith("\n") ? "\n" : "";
      Matcher colour = COLOUR.matcher(line);
      int from = 0;
      while (colour.find()) {
        visible.append(line(line.substring(from, colour.start()))).append(colour.group());
        from = colour.end();
      }
      visible.append(line(line.substring(from, line.length() - end.length()))).append(end);
    }
    return visible.toString();
  }

  /** Whether a text has nothing to spell out but tabs and line ends. */
  static boolean isText(String text) {
    return text.codePoints().allMatch(c -> c == '\n' || c == '\r' || c == '\t' || isHarmless(c));
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> false;
      // Names may need the two that join letters or pictures.
      case Character.FORMAT -> character == 0x200c || character == 0x200d;
      default -> true;
    };
  }

  private static void spell(int character, StringBuilder visible) {
    visible.append(String.format(Locale.ROOT, "\\u%04x", character));
  }

  /**
   * Spells out, such as {@code \}{@code u0007}, what XML 1.0 cannot express: control characters
   * other than tab and line feed, halves of surrogate pairs, and two codes without a character.
   */
  static String of(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints().forEach(character -> {
      if (isAllowed(character)) {
        visible.appendCodePoint(character);
      } else {
        spell(character, visible);
      }
    });
    return visible.toString();
  }

  /** The same in one line, for an attribute, where parsers turn line ends into blanks. */
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
