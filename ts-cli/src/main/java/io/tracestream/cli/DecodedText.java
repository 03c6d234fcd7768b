package io.tracestream.cli;

import io.tracestream.recording.Direction;
import java.util.ArrayList;
import java.util.List;

/**
 * Two payloads as decoders read them, with the lines that differ marked:
 *
 * <pre>
 *   decoded, - expected, + found:
 *       {
 *     -   "name": "anna"
 *     +   "name": "otto"
 *       }
 * </pre>
 */
final class DecodedText {
  /** Lines that are shown at most. */
  private static final int MOST_LINES = 60;
  /** Equal lines that are shown before and after those that differ. */
  private static final int CONTEXT = 3;
  /** Larger texts are compared from their ends only. */
  private static final int MOST_COMPARED = 1_000_000;

  private final Decoders decoders;
  private final String first;
  private final String second;

  /**
   * Text about payloads.
   *
   * @param first what the first of two payloads is called
   * @param second what the second one is called
   */
  DecodedText(Decoders decoders, String first, String second) {
    this.decoders = decoders;
    this.first = first;
    this.second = second;
  }

  /**
   * Compares two payloads line by line.
   *
   * @param one the first payload; null if there is none
   * @param other the second one; null as well
   * @return lines with line ends; empty if no decoder knows any of them
   */
  String of(Direction direction, byte[] one, byte[] other) {
    List<String> a = one == null ? List.of() : decoders.decode(direction, one);
    List<String> b = other == null ? List.of() : decoders.decode(direction, other);
    if (a.isEmpty() && b.isEmpty()) {
      return "";
    }
    if (a.equals(b)) {
      return "  decoded, both are the same:\n"
          + text(a.stream().map(line -> "  " + line).toList());
    }
    String which =
        b.isEmpty() ? "- " + first : a.isEmpty() ? "+ " + second : "- " + first + ", + " + second;
    return "  decoded, " + which + ":\n" + text(aroundChanges(marked(a, b)));
  }

  private static String text(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.stream().limit(MOST_LINES).forEach(line -> append(line, text));
    if (lines.size() > MOST_LINES) {
      append("... and " + Units.count(lines.size() - MOST_LINES, "more line", "more lines"), text);
    }
    return text.toString();
  }

  private static void append(String line, StringBuilder text) {
    text.append(("    " + line).stripTrailing()).append('\n');
  }

  /** All lines, each with a mark in front. */
  private static List<String> marked(List<String> a, List<String> b) {
    int same = 0;
    while (same < Math.min(a.size(), b.size()) && a.get(same).equals(b.get(same))) {
      same++;
    }
    int end = 0;
    while (end < Math.min(a.size(), b.size()) - same
        && a.get(a.size() - 1 - end).equals(b.get(b.size() - 1 - end))) {
      end++;
    }
    List<String> lines = new ArrayList<>();
    a.subList(0, same).forEach(line -> lines.add("  " + line));
    lines.addAll(markedMiddle(a.subList(same, a.size() - end), b.subList(same, b.size() - end)));
    a.subList(a.size() - end, a.size()).forEach(line -> lines.add("  " + line));
    return lines;
  }

  /** Keeps the longest sequence of lines that both have. */
  private static List<String> markedMiddle(List<String> a, List<String> b) {
    boolean isCompared = (long) a.size() * b.size() <= MOST_COMPARED;
    int[][] common = new int[isCompared ? a.size() + 1 : 1][isCompared ? b.size() + 1 : 1];
    for (int i = a.size() - 1; isCompared && i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] = a.get(i).equals(b.get(j))
            ? common[i + 1][j + 1] + 1
            : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      if (isCompared && i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
        lines.add("  " + a.get(i++));
        j++;
      } else if (j == b.size()
          || i < a.size() && (!isCompared || common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + a.get(i++));
      } else {
        lines.add("+ " + b.get(j++));
      }
    }
    return lines;
  }

  /** Leaves out equal lines that are far from all changes. */
  private static List<String> aroundChanges(List<String> lines) {
    boolean[] shown = new boolean[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      for (int near = Math.max(0, i - CONTEXT);
          !shown[i] && near <= Math.min(lines.size() - 1, i + CONTEXT);
          near++) {
        shown[i] = !lines.get(near).startsWith(" ");
      }
    }
    List<String> left = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (shown[i]) {
        left.add(lines.get(i));
      } else if (i == 0 || shown[i - 1]) {
        left.add("  ...");
      }
    }
    return left;
  }
}
