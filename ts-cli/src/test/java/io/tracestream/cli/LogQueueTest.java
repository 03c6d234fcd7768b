package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogQueueTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A reader of the log, who takes nothing at first. */
  private static final class Reader extends OutputStream {
    private final CountDownLatch reads = new CountDownLatch(1);
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private volatile boolean fails;

    @Override
    public void write(int b) {
      throw new AssertionError("a byte alone");
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      try {
        reads.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (fails) {
        throw new IOException("full");
      }
      read.writeBytes(bytes);
    }

    private String text() {
      return read.toString(StandardCharsets.UTF_8);
    }
  }

  private final Reader reader = new Reader();
  private final LogQueue queue = new LogQueue(reader);

  private void awaitWritten() {
    queue.awaitWritten(30_000, 30_000);
  }

  @Test
  void linesAreWrittenInOrder() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      queue.addLine("line " + i);
      expected.append("line ").append(i).append('\n');
    }
    reader.reads.countDown();
    awaitWritten();
    assertEquals(expected.toString(), reader.text());
  }

  @Test
  void whatThereIsNoRoomForIsLeftOutAndCounted() {
    String line = "x".repeat(99);
    int count = 3 * LogQueue.MOST_BYTES / 100;
    for (int i = 0; i < count; i++) {
      queue.addLine(line);
    }
    reader.reads.countDown();
    awaitWritten();
    queue.addLine("the last one");
    awaitWritten();
    String[] lines = reader.text().split("\n");
    int shown = lines.length - 2;
    assertTrue(shown * 100 >= LogQueue.MOST_BYTES, shown + " lines");
    assertEquals(
        "ts-proxy: left out " + (count - shown) + " lines here: stderr did not take them",
        lines[shown]);
    assertEquals("the last one", lines[shown + 1]);
    assertEquals(count - shown, queue.dropped());
  }

  @Test
  void whatCouldNotBeWrittenIsCountedOnceItCanAgain() {
    reader.fails = true;
    reader.reads.countDown();
    queue.addLine("a");
    awaitWritten();
    queue.add("b\nc\n");
    awaitWritten();
    reader.fails = false;
    queue.addLine("d");
    awaitWritten();
    assertEquals(3, queue.dropped());
    assertEquals("\nts-proxy: left out 3 lines here: stderr did not take them\nd\n", reader.text());
  }

  @Test
  void nobodyWaitsForAReaderWhoTakesNothing() {
    queue.addLine("a");
    queue.awaitWritten(1, 30_000);
    assertEquals("", reader.text());
  }

  @Test
  void aStatusLineStaysBelowTheLines() {
    String clear = "\r\u001b[K";
    String first = "\u001b[?7l1 connection\u001b[?7h";
    String second = "\u001b[?7l2 connections\u001b[?7h";
    reader.reads.countDown();
    queue.addLine("a");
    awaitWritten();
    queue.status("1 connection");
    awaitWritten();
    queue.addLine("b");
    awaitWritten();
    queue.status("2 connections");
    queue.status("2 connections");
    awaitWritten();
    queue.endStatus();
    queue.status("3 connections");
    queue.addLine("c");
    awaitWritten();
    assertEquals(
        "a\n" + clear + first + clear + "b\n" + first + clear + second + clear + "c\n",
        reader.text());
  }

  @Test
  void warningsAlikeAreSummedUpEachSecond() {
    AlikeLines alike = new AlikeLines();
    for (int i = 1; i <= 1000; i++) {
      assertEquals(i <= AlikeLines.MOST_SHOWN, alike.shows(warning(i, 7 * i), i));
    }
    assertTrue(alike.shows("2026-01-02 03:04:05.678 WARN something else", 1000));
    assertEquals("[]", alike.takeSums(SECOND).toString());
    assertEquals(
        "[2026-01-02 03:04:05.678 WARN and 950 more like this within a second:"
            + " connection 1000: found 7000, expected less]",
        alike.takeSums(SECOND + 1).toString());
    assertTrue(!alike.shows(warning(1, 1), SECOND + 2)); // it goes on
    assertEquals(1, alike.takeAllSums(SECOND + 3).size());
    assertTrue(alike.shows(warning(1, 1), 3 * SECOND));
  }

  @Test
  void soAreLinesAboutFaults() {
    AlikeLines alike = new AlikeLines();
    for (int i = 1; i <= 1000; i++) {
      String line =
          "2026-01-02 03:04:05.678 INFO connection 1 s2c frame " + i + ": fault: s2c drop";
      assertEquals(i <= AlikeLines.MOST_SHOWN, alike.shows(line, i));
    }
    assertEquals(
        "[2026-01-02 03:04:05.678 INFO and 950 more like this within a second:"
            + " connection 1 s2c frame 1000: fault: s2c drop]",
        alike.takeSums(SECOND + 1).toString());
  }

  private static String warning(int connection, int found) {
    return "2026-01-02 03:04:05.678 WARN connection " + connection + ": found " + found
        + ", expected less";
  }

  @Test
  void rareWarningsAndOtherLinesAreAllShown() {
    AlikeLines alike = new AlikeLines();
    for (int i = 0; i < 1000; i++) {
      assertTrue(alike.shows("2026-01-02 03:04:05.678 WARN rare", i * SECOND));
      assertTrue(alike.shows("2026-01-02 03:04:05.678 INFO often WARN ", i));
      assertTrue(alike.shows("no line of the log", i));
    }
    assertEquals("[]", alike.takeAllSums(0).toString());
  }
}
