package io.tracestream.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** What is logged to stderr while it is open. */
public final class TestLog implements AutoCloseable {
  private static final long DEADLINE_NANOS = 10_000_000_000L;

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  private TestLog() {
    System.setErr(new PrintStream(lines, true));
  }

  public static TestLog open() {
    return new TestLog();
  }

  /** Waits until a line holds all of these. */
  public void await(String... parts) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (lines.toString().lines().noneMatch(line -> holdsAll(line, parts))) {
      if (System.nanoTime() > deadline) {
        fail("no log line with " + String.join(", ", parts) + " in:\n" + lines);
      }
      Thread.onSpinWait();
    }
  }

  private static boolean holdsAll(String line, String... parts) {
    for (String part : parts) {
      if (!line.contains(part)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    System.setErr(before);
    before.print(lines);
  }
}
