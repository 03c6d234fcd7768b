package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void aTableIsMarkdownWithItsColumnsAligned() {
    Table table = new Table(2, "job", "peer", "figure").row("flood", "ts", "12 MiB/s");
    assertEquals("""
        | job   | peer |   figure |
        |-------|------|---------:|
        | flood | ts   | 12 MiB/s |
        """, table.text());
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> new Table(1, "job").row("a", "b"));
    assertEquals("row: found 2 cells, expected 1", e.getMessage());
  }
}
