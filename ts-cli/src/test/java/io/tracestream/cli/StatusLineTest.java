package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.cli.StatusLine.Figures;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void itShowsWhatPassedSinceTheLineBefore() {
    Iterator<Figures> traffic = List.of(
            new Figures(0, 0, 0, ""),
            new Figures(1, 1, 60, ""),
            new Figures(2, 3001, 4_560_000, "a.rec 9.12 MB"))
        .iterator();
    StatusLine line = new StatusLine(traffic::next, 0);
    assertEquals("0 connections, 0 frames (0/s), 0 B", line.text(0));
    assertEquals("1 connection, 1 frame (1/s), 60 B", line.text(SECOND));
    assertEquals(
        "2 connections, 3001 frames (1500/s), 4.56 MB, a.rec 9.12 MB", line.text(3 * SECOND));
  }
}
