package io.tracestream.rules;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Two payloads as rows of hex with text, one above the other, and marks under what differs:
 *
 * <pre>
 * expected         0  31 5f 68 65 6c 6c 6f                             1_hello
 * found            0  31 5f 6a 65 6c 6c                                1_jell
 *                     ~~    ^^          ^^                             ~ ^   ^
 * </pre>
 *
 * <p>Each row begins with its offset, in decimal as rules have it. {@code ^^} stands under bytes
 * that differ, or that one side alone has; {@code ~~} under bytes that are not compared. Immutable.
 */
public final class HexRows {
  private static final int ROW = 16;
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

  /**
   * The rows around a place. Where a payload has fewer bytes than the other, there is blank.
   *
   * @param expected the payload of the first rows; not copied
   * @param found the payload of the second rows; not copied
   * @param around the offset to show, from 0; it may be behind either end
   * @param context bytes to show before it, and behind it, 0 or more
   * @param compared whether the byte at an offset is compared; asked for shown offsets only
   * @return lines that end with a line feed each, without trailing blanks; empty when neither
   *     payload has a byte there
   */
  public String of(byte[] expected, byte[] found, int around, int context, IntPredicate compared) {
    int longest = Math.max(expected.length, found.length);
    int from = Math.max(0, around - context);
    int to = (int) Math.min(longest, (long) around + context + 1);
    StringBuilder lines = new StringBuilder();
    for (long row = from / ROW * ROW; row < to; row += ROW) {
      int first = (int) Math.max(row, from);
      int end = (int) Math.min(row + ROW, to);
      String marks = marks(expected, found, first, end, compared);
      lines.append(line(expectedLabel, expected, first, end, marks));
      lines.append(line(foundLabel, found, first, end, marks));
      if (!marks.isBlank()) {
        lines.append(marksLine(first, end, marks));
      }
    }
    return lines.toString();
  }

  /**
   * The rows of a payload that has nothing to be compared with, from its beginning.
   *
   * @param label what each row begins with
   * @param payload the payload; not copied
   * @param most bytes to show at most
   * @return lines that end with a line feed each; empty when there is nothing to show
   */
  public static String of(String label, byte[] payload, int most) {
    HexRows rows = new HexRows(label, label, false);
    StringBuilder lines = new StringBuilder();
    int to = Math.min(payload.length, most);
    for (int row = 0; row < to; row += ROW) {
      int end = to - row > ROW ? row + ROW : to;
      lines.append(rows.line(label, payload, row, end, " ".repeat(ROW)));
    }
    return lines.toString();
  }

  /** A character for each byte from {@code first} to {@code end}. */
  private static String marks(
      byte[] expected, byte[] found, int first, int end, IntPredicate compared) {
    StringBuilder marks = new StringBuilder();
    for (int at = first; at < end; at++) {
      boolean both = at < expected.length && at < found.length;
      if (both && !compared.test(at)) {
        marks.append('~');
      } else {
        marks.append(both && expected[at] == found[at] ? ' ' : '^');
      }
    }
    return marks.toString();
  }

  private String line(String label, byte[] payload, int first, int end, String marks) {
    StringBuilder hex = new StringBuilder(blanks(first, 3));
    StringBuilder text = new StringBuilder(blanks(first, 1));
    for (int at = first; at < end; at++) {
      boolean differs = marks.charAt(at - first) == '^';
      boolean there = at < payload.length;
      hex.append(
          shown(there ? String.format(Locale.ROOT, "%02x", payload[at]) : "  ", there && differs));
      hex.append(' ');
      text.append(shown(there ? character(payload[at]) : " ", there && differs));
    }
    hex.append("   ".repeat(ROW - end + first - first % ROW));
    String offset = String.format(Locale.ROOT, "%8d", first / ROW * ROW);
    return (padded(label) + "  " + offset + "  " + hex + " " + text).stripTrailing() + "\n";
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

  private static String character(byte value) {
    return value >= ' ' && value < 0x7f ? Character.toString(value) : ".";
  }

  private String shown(String text, boolean differs) {
    return colours && differs ? RED + text + PLAIN : text;
  }
}
