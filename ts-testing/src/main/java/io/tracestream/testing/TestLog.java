package io.tracestream.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What is logged to stderr while it is open. */
public final class TestLog implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final PrintStream before = System.err;
  private final Lines lines = new Lines();

  private TestLog() {
    System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
  }

  public static TestLog open() {
    return new TestLog();
  }

  /** Waits until a line holds all of these. */
  public void await(String... parts) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    synchronized (lines) {
      while (lines
          .toString(StandardCharsets.UTF_8)
          .lines()
          .noneMatch(line -> holdsAll(line, parts))) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          fail("no log line with " + String.join(", ", parts) + " in:\n" + lines);
        }
        lines.wait(left);
      }
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

  /** Wakes those who wait when something is added. */
  private static final class Lines extends ByteArrayOutputStream {
    @Override
    public synchronized void write(int b) {
      super.write(b);
      notifyAll();
    }

    @Override
    public synchronized void write(byte[] from, int at, int count) {
      super.write(from, at, count);
      notifyAll();
    }
  }
}
