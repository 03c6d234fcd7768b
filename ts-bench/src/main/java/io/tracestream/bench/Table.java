package io.tracestream.bench;

import java.util.ArrayList;
import java.util.List;

/** A table that is readable as it is, and valid Markdown. */
final class Table {
  private final List<String> header;
  private final int textColumns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param textColumns how many columns, from the left, hold text; the others are aligned to the
   *     right, as numbers are
   */
  Table(int textColumns, String... header) {
    this.textColumns = textColumns;
    this.header = List.of(header);
  }

  /** Adds a row, which has to have as many cells as the header. */
  Table row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(
          "row: found " + cells.length + " cells, expected " + header.size());
    }
    rows.add(List.of(cells));
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lines of the table, each with its line end. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, header);
    for (int column = 0; column < header.size(); column++) {
      String dashes = "-".repeat(width(column) + 1);
      text.append(column < textColumns ? "|-" + dashes : "|" + dashes + ":");
    }
    text.append("|\n");
    rows.forEach(row -> line(text, row));
    return text.toString();
  }

  private void line(StringBuilder text, List<String> cells) {
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String space = " ".repeat(width(column) - cell.length());
      text.append("| ")
          .append(column < textColumns ? cell + space : space + cell)
          .append(' ');
    }
    text.append("|\n");
  }

  private int width(int column) {
    int width = header.get(column).length();
    for (List<String> row : rows) {
      width = Math.max(width, row.get(column).length());
    }
    return width;
  }
}
