package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Frames that pass, as they are printed. */
@ResourceLock(Resources.SYSTEM_ERR)
class FrameShowTest {
  private static final Pattern LEFT_OUT = Pattern.compile("-- (\\d+) frames? not shown: .*");

  private final Reader stdout = new Reader();

  /** Takes what is printed once it may. */
  private static final class Reader extends OutputStream {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile CountDownLatch reads = new CountDownLatch(0);

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      asked.countDown();
      try {
        reads.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      taken.write(bytes, from, count);
    }

    private List<String> lines() {
      return taken.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  private FrameShow started(boolean whole, Decoders decoders, boolean isTerminal) {
    StandardOutput.redirect(stdout);
    FrameShow show = new FrameShow(whole, decoders, isTerminal, false);
    show.start();
    return show;
  }

  @AfterEach
  void restore() {
    StandardOutput.redirect(null);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Without the time of day. */
  private List<String> rows() {
    return stdout.lines().stream()
        .map(line -> line.replaceFirst("^\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "TIME"))
        .toList();
  }

  @Test
  void aFrameHasALineWithItsFirstBytes() throws Exception {
    FrameShow show = started(false, Decoders.NONE, false);
    show.frame(1, Direction.C2S, bytes("hello and hello"));
    show.frame(12, Direction.S2C, bytes("\u0000\u001b"), bytes("["));
    show.frame(12, Direction.S2C, bytes(""));
    assertTrue(show.close());
    assertEquals(
        List.of(
            "           time    conn dir    bytes  payload in hex            as text",
            "TIME       1 c2s       15  68656c6c6f20616e64206865  hello and he",
            "TIME      12 s2c        3  001b5b                    ..[",
            "TIME      12 s2c        0"),
        rows());
  }

  @Test
  void aPayloadIsShownWholeAndDecoded() {
    FrameShow show = started(true, new Decoders(List.of(new JsonDecoder())), false);
    show.frame(1, Direction.C2S, bytes("{\"a\":1,\"b\":2,"), bytes("\"c\":3}"));
    assertTrue(show.close());
    assertEquals(
        List.of(
            "           time    conn dir    bytes",
            "TIME       1 c2s       19",
            "  hex            0  7b 22 61 22 3a 31 2c 22 62 22 3a 32 2c 22 63 22  {\"a\":1,\"b\":2,\"c\"",
            "  hex           16  3a 33 7d                                         :3}",
            "  decoded {",
            "  decoded   \"a\": 1,",
            "  decoded   \"b\": 2,",
            "  decoded   \"c\": 3",
            "  decoded }"),
        rows());
  }

  @Test
  void aFrameIsPrintedAsSoonAsItHasPassed() throws Exception {
    FrameShow show = started(false, Decoders.NONE, false);
    show.frame(1, Direction.C2S, bytes("a"));
    assertTrue(Await.until(() -> stdout.lines().size() == 2));
    show.frame(1, Direction.C2S, bytes("b"));
    assertTrue(Await.until(() -> stdout.lines().size() == 3));
    assertTrue(show.close());
  }

  @Test
  void framesThatNobodyTakesInTimeAreCountedInTheirPlace() throws Exception {
    stdout.reads = new CountDownLatch(1);
    FrameShow show = started(false, Decoders.NONE, false);
    int frames = 0;
    // Nobody reads, but whoever hands over a frame does not wait.
    for (; frames < FrameShow.MOST_BYTES / 50; frames++) {
      show.frame(1, Direction.C2S, ByteBuffer.allocate(12));
    }
    stdout.reads.countDown();
    assertTrue(Await.until(() -> stdout.lines().stream().anyMatch(l -> l.startsWith("--"))));
    show.frame(2, Direction.C2S, bytes("the end"));
    frames++;
    assertTrue(show.close());
    assertEquals(frames, shown() + leftOut());
    assertTrue(leftOut() > 0);
    List<String> rows = rows();
    assertTrue(rows.get(rows.size() - 1).endsWith("the end"), rows.get(rows.size() - 1));
    assertTrue(rows.get(rows.size() - 2).startsWith("-- "), rows.get(rows.size() - 2));
  }

  private long shown() {
    return rows().stream().filter(line -> line.startsWith("TIME")).count();
  }

  private long leftOut() {
    return stdout.lines().stream()
        .map(LEFT_OUT::matcher)
        .filter(Matcher::matches)
        .mapToLong(count -> Long.parseLong(count.group(1)))
        .sum();
  }

  @Test
  void aTerminalShowsNoMoreThanAPersonCanRead() throws Exception {
    FrameShow show = started(false, Decoders.NONE, true);
    int frames = 100 * FrameShow.FIRST_ON_TERMINAL;
    for (int i = 0; i < frames; i++) {
      show.frame(1, Direction.C2S, bytes("x"));
    }
    assertTrue(Await.until(() -> leftOut() > 0));
    assertTrue(shown() >= FrameShow.FIRST_ON_TERMINAL, rows()::toString);
    show.frame(1, Direction.C2S, bytes("later"));
    assertTrue(show.close());
    assertEquals(frames + 1, shown() + leftOut());
    assertTrue(rows().get(rows().size() - 1).endsWith("later"));
  }

  @Test
  void whoeverDoesNotReadIsNotWaitedForAtTheEnd() throws Exception {
    stdout.reads = new CountDownLatch(1);
    FrameShow show = started(true, Decoders.NONE, false);
    for (int i = 0; i < 100; i++) {
      show.frame(1, Direction.C2S, ByteBuffer.allocate(1024));
    }
    stdout.asked.await();
    assertTrue(show.close());
    StandardOutput.printLine("does not wait either");
    stdout.reads.countDown();
  }

  @Test
  void outputThatCannotBeWrittenEndsTheViewAndNothingElse() throws Exception {
    StandardOutput.redirect(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("no space left");
      }
    });
    FrameShow show = new FrameShow(false, Decoders.NONE, false, false);
    show.start();
    show.frame(1, Direction.C2S, bytes("x"));
    assertTrue(Await.until(() -> !show.close()));
    show.frame(1, Direction.C2S, bytes("y"));
    assertFalse(show.close());
  }

  @Test
  void directionsHaveColoursIfTheTerminalShowsThem() {
    StandardOutput.redirect(stdout);
    FrameShow show = new FrameShow(false, Decoders.NONE, true, true);
    show.start();
    show.frame(1, Direction.C2S, bytes("x"));
    assertTrue(show.close());
    assertTrue(
        rows().get(1).startsWith("TIME       1 \u001b[36mc2s\u001b[0m        1"),
        rows().get(1));
  }
}
