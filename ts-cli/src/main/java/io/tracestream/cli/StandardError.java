package io.tracestream.cli;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What {@link System#err} is in this process: writing to it never waits for its reader, lines and
 * texts stay whole, and control characters are shown instead of sent.
 */
final class StandardError extends PrintStream {
  /** Practically no limit, in milliseconds. */
  static final long FOREVER = TimeUnit.DAYS.toMillis(10_000);

  private static LogQueue installed;

  private final LogQueue queue;

  StandardError(LogQueue queue) {
    super(new Lines(queue), true, StandardCharsets.UTF_8);
    this.queue = queue;
  }

  /** Replaces System.err. Call it before the first logger is made. */
  static void install() {
    installed = new LogQueue(new FileOutputStream(FileDescriptor.err));
    System.setErr(new StandardError(installed));
  }

  /** Shows a status line below all other text, for terminals; an empty one removes it. */
  static void status(String line) {
    if (installed != null) {
      installed.status(VisibleText.line(line));
    }
  }

  /** Removes the status line for good. */
  static void endStatus() {
    if (installed != null) {
      installed.endStatus();
    }
  }

  /** How many lines nobody will see, as their reader was too slow. */
  static long droppedLines() {
    return installed == null ? 0 : installed.dropped();
  }

  /** Waits until everything is written: see {@link LogQueue#awaitWritten}. */
  static void awaitWritten(long stallMillis, long mostMillis) {
    if (installed != null) {
      installed.awaitWritten(stallMillis, mostMillis);
    }
  }

  /** Writes a line, such as one of the log. */
  @Override
  public void println(String line) {
    queue.addLine(VisibleText.line(String.valueOf(line)));
  }

  @Override
  public void println(Object line) {
    println(String.valueOf(line));
  }

  /** Writes text of whole lines, which may have colours, in one piece. */
  @Override
  public void print(String text) {
    if (text != null && text.endsWith("\n")) {
      queue.add(VisibleText.lines(text));
    } else {
      super.print(text);
    }
  }

  /** Joins what is written in other ways, such as by the JVM, to lines. */
  private static final class Lines extends OutputStream {
    private final LogQueue queue;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    private Lines(LogQueue queue) {
      this.queue = queue;
    }

    @Override
    public synchronized void write(int b) {
      if (b == '\n') {
        queue.addLine(VisibleText.line(begun.toString(StandardCharsets.UTF_8)));
        begun.reset();
      } else {
        begun.write(b);
      }
    }
  }
}
