package io.tracestream.rules;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Two payloads as rows of hex and text, one above the other, with marks under what differs:
 *
 * <pre>
 * expected         0  31 5f 68 65 6c 6c 6f                             1_hello
 * found            0  31 5f 6a 65 6c 6c 6f                             1_jello
 *                     ~~    ^^                                         ~ ^
 * </pre>
 *
 * <p>Each row begins with the offset of its first byte, in decimal as in rules. {@code ^^} marks
 * bytes that differ or that only one side has; {@code ~~} marks bytes that are not compared. Where
 * the lengths differ, the shorter side has a gap, so that what is the same after the change stands
 * in the same columns again. Text is UTF-8: a character stands below its first byte. Immutable.
 */
public final class HexRows {
  private static final int ROW = 16;
  private static final int NOTHING = -1;
  private static final HexFormat HEX = HexFormat.of();
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final String expectedLabel;
  private final String foundLabel;
  private final boolean colours;

  /**
   * Rows that begin with these labels.
   *
   * @param expectedLabel what the first row of each pair begins with
   * @param foundLabel what the second row begins with
   * @param colours whether differing bytes are red, by ANSI escapes
   */
  public HexRows(String expectedLabel, String foundLabel, boolean colours) {
    this.expectedLabel = expectedLabel;
    this.foundLabel = foundLabel;
    this.colours = colours;
  }

  /** A payload in columns, where it may have a gap. */
  private record Side(String label, byte[] payload, int gapFrom, int gap) {
    /** The offset of the byte in a column; NOTHING in the gap and after the end. */
    int offset(int column) {
      boolean isInGap = column >= gapFrom && column < gapFrom + gap;
      int offset = firstOffset(column);
      return isInGap || offset >= payload.length ? NOTHING : offset;
    }

    /** The offset of the first byte in that column or after it. */
    int firstOffset(int column) {
      return column < gapFrom ? column : Math.max(gapFrom, column - gap);
    }
  }

  /**
   * The rows around a place.
   *
   * @param expected the payload of the first rows; not copied
   * @param found the payload of the second rows; not copied
   * @param around the offset to show, from 0: where the payloads first differ, or before
   * @param context how many bytes to show before it and after it, 0 or more
   * @param compared whether the byte at an offset of {@code expected} is compared
   * @return lines that each end with a line feed, without trailing blanks; empty when neither
   *     payload has a byte there
   */
  public String of(byte[] expected, byte[] found, int around, int context, IntPredicate compared) {
    Side one = new Side(expectedLabel, expected, 0, 0);
    Side other = new Side(foundLabel, found, 0, 0);
    if (expected.length != found.length) {
      Replacement change = Replacement.between(expected, found, compared);
      int width = Math.max(change.removed(), change.inserted());
      one = withGap(one, change.offset() + change.removed(), width - change.removed());
      other = withGap(other, change.offset() + change.inserted(), width - change.inserted());
    }
    int longest = Math.max(expected.length, found.length);
    int from = Math.max(0, around - context);
    int to = (int) Math.min(longest, (long) around + context + 1);
    StringBuilder lines = new StringBuilder();
    for (long row = from / ROW * ROW; row < to; row += ROW) {
      int first = (int) Math.max(row, from);
      int end = (int) Math.min(row + ROW, to);
      String marks = marks(one, other, first, end, compared);
      lines.append(line(one, first, end, marks));
      lines.append(line(other, first, end, marks));
      if (!marks.isBlank()) {
        lines.append(marksLine(first, end, marks));
      }
    }
    return lines.toString();
  }

  private static Side withGap(Side side, int from, int length) {
    return new Side(side.label, side.payload, from, length);
  }

  /**
   * The rows of a single payload, from its beginning.
   *
   * @param label what each row begins with
   * @param payload the payload; not copied
   * @param most how many bytes to show at most
   * @return lines that each end with a line feed; empty when there is nothing to show
   */
  public static String of(String label, byte[] payload, int most) {
    StringBuilder lines = new StringBuilder();
    int to = Math.min(payload.length, most);
    for (int from = 0; from < to; from = next(from)) {
      lines.append(row(label, payload, from, to));
    }
    return lines.toString();
  }

  /**
   * A row of a single payload, for those that write a long one row by row.
   *
   * @param label what the row begins with
   * @param payload the payload; not copied
   * @param from the offset of its first byte, 0 or what {@link #next} gave
   * @param to the offset after the last byte to show, above {@code from}
   * @return a line with a line feed
   */
  public static String row(String label, byte[] payload, int from, int to) {
    int end = Math.min(to, next(from));
    StringBuilder row = new StringBuilder(label.length() + 80);
    String offset = Integer.toString(from);
    row.append(label).append(" ".repeat(Math.max(0, 8 - offset.length()) + 2));
    row.append(offset).append("  ");
    for (int at = from; at < end; at++) {
      row.append(HEX.toHighHexDigit(payload[at]))
          .append(HEX.toLowHexDigit(payload[at]))
          .append(' ');
    }
    row.append("   ".repeat(ROW - end + from)).append(' ');
    appendText(row, payload, from, end);
    int last = row.length();
    while (row.charAt(last - 1) == ' ') {
      last--;
    }
    row.setLength(last);
    return row.append('\n').toString();
  }

  /**
   * Appends bytes as text, a column for each byte: UTF-8 where it is that, and otherwise dots.
   *
   * @param out what to append to
   * @param payload the payload; not copied
   * @param from the offset of the first byte
   * @param to the offset after the last one
   */
  public static void appendText(StringBuilder out, byte[] payload, int from, int to) {
    for (int at = from; at < to; at++) {
      byte value = payload[at];
      if (value >= ' ' && value < 0x7f) {
        out.append((char) value);
      } else {
        out.append(ShownText.cell(payload, at));
      }
    }
  }

  /**
   * Where the row after another one begins.
   *
   * @param from the offset of the other one's first byte
   * @return the offset of its first byte; the largest one if there is no such offset
   */
  public static int next(int from) {
    return (int) Math.min(Integer.MAX_VALUE, (long) from + ROW);
  }

  /** A character for each column from {@code first} to {@code end}. */
  private static String marks(Side one, Side other, int first, int end, IntPredicate compared) {
    StringBuilder marks = new StringBuilder();
    for (int column = first; column < end; column++) {
      int expected = one.offset(column);
      int found = other.offset(column);
      boolean both = expected != NOTHING && found != NOTHING;
      if (both && !compared.test(expected)) {
        marks.append('~');
      } else {
        marks.append(both && one.payload[expected] == other.payload[found] ? ' ' : '^');
      }
    }
    return marks.toString();
  }

  private String line(Side side, int first, int end, String marks) {
    StringBuilder hex = new StringBuilder(blanks(first, 3));
    StringBuilder text = new StringBuilder(blanks(first, 1));
    for (int column = first; column < end; column++) {
      int at = side.offset(column);
      boolean isRed = colours && at != NOTHING && marks.charAt(column - first) == '^';
      hex.append(isRed ? RED : "")
          .append(at == NOTHING ? "  " : HEX.toHexDigits(side.payload[at]))
          .append(isRed ? PLAIN : "")
          .append(' ');
      text.append(isRed ? RED : "")
          .append(at == NOTHING ? " " : ShownText.cell(side.payload, at))
          .append(isRed ? PLAIN : "");
    }
    hex.append("   ".repeat(ROW - end + first - first % ROW));
    String offset = String.format(Locale.ROOT, "%8d", side.firstOffset(first / ROW * ROW));
    return (padded(side.label) + "  " + offset + "  " + hex + " " + text).stripTrailing() + "\n";
  }

  private String marksLine(int first, int end, String marks) {
    StringBuilder hex = new StringBuilder(blanks(first, 3));
    marks.chars().forEach(mark -> hex.append(Character.toString(mark).repeat(2)).append(' '));
    hex.append("   ".repeat(ROW - end + first - first % ROW));
    String line = padded("") + " ".repeat(12) + hex + " " + blanks(first, 1) + marks;
    return line.stripTrailing() + "\n";
  }

  private static String blanks(int first, int width) {
    return " ".repeat(first % ROW * width);
  }

  private String padded(String label) {
    int width = Math.max(expectedLabel.length(), foundLabel.length());
    return label + " ".repeat(width - label.length());
  }

  /** The bytes of a payload as text, a column for each byte. */
  private static final class ShownText {
    private static final String NO_TEXT = ".";
    /** The bytes of a character after its first one have blank columns. */
    private static final String REST = " ";

    private static final int LONGEST = 4;
    /** What stands for bytes that are not UTF-8. */
    private static final int REPLACEMENT = 0xfffd;

    private ShownText() {}

    /** What stands in the column of a byte. */
    static String cell(byte[] payload, int at) {
      byte value = payload[at];
      if (value >= 0) {
        return value >= ' ' && value < 0x7f ? Character.toString(value) : NO_TEXT;
      }
      int first = at;
      while (first > 0 && at - first < LONGEST - 1 && isRest(payload[first])) {
        first--;
      }
      String character = character(payload, first);
      if (character.isEmpty() || first + lengthAt(payload, first) <= at) {
        return NO_TEXT;
      }
      int width = width(character.codePointAt(0));
      if (at == first) {
        return width == 0 ? character + REST : character;
      }
      return at == first + 1 && width == 2 ? "" : REST;
    }

    private static boolean isRest(byte value) {
      return (value & 0xc0) == 0x80;
    }

    private static int lengthAt(byte[] payload, int first) {
      int value = payload[first] & 0xff;
      return value < 0xc2 ? 0 : value < 0xe0 ? 2 : value < 0xf0 ? 3 : value < 0xf5 ? 4 : 0;
    }

    /** The character of several bytes that begins there; empty if there is none to show. */
    private static String character(byte[] payload, int first) {
      int length = lengthAt(payload, first);
      if (length == 0 || first + length > payload.length) {
        return "";
      }
      for (int i = 1; i < length; i++) {
        if (!isRest(payload[first + i])) {
          return "";
        }
      }
      String text = new String(payload, first, length, StandardCharsets.UTF_8);
      boolean isOne = text.codePointCount(0, text.length()) == 1;
      return isOne && isShown(text.codePointAt(0)) ? text : "";
    }

    private static boolean isShown(int character) {
      return switch (Character.getType(character)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.SURROGATE,
            Character.PRIVATE_USE,
            Character.UNASSIGNED,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR -> false;
        // A terminal would turn around the hex digits before it, too.
        default -> !isRightToLeft(character) && character != REPLACEMENT;
      };
    }

    private static boolean isRightToLeft(int character) {
      return switch (Character.getDirectionality(character)) {
        case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
            Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
            Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
        default -> false;
      };
    }

    /** Columns that a terminal gives to it. */
    private static int width(int character) {
      int type = Character.getType(character);
      if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
        return 0;
      }
      boolean isWide = Character.isIdeographic(character)
          || character >= 0x1100 && character <= 0x115f
          || character >= 0x2e80 && character <= 0xa4cf
          || character >= 0xac00 && character <= 0xd7a3
          || character >= 0xfe30 && character <= 0xfe6f
          || character >= 0xff00 && character <= 0xff60
          || character >= 0xffe0 && character <= 0xffe6
          || character >= 0x1f300 && character <= 0x1faff;
      return isWide ? 2 : 1;
    }
  }
}
