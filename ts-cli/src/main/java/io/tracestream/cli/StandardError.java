package io.tracestream.cli;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What {@link System#err} is in this process: nobody who writes to it waits for whoever reads it,
 * lines and texts stay whole, and control characters are shown instead of sent.
 */
final class StandardError extends PrintStream {
  /** As good as no end, in milliseconds. */
  static final long FOREVER = TimeUnit.DAYS.toMillis(10_000);

  private static LogQueue installed;

  private final LogQueue queue;

  private StandardError(LogQueue queue) {
    super(new Lines(queue), true, StandardCharsets.UTF_8);
    this.queue = queue;
  }

  /** Puts it into its place; to be called before the first logger is made. */
  static void install() {
    installed = new LogQueue(new FileOutputStream(FileDescriptor.err));
    System.setErr(new StandardError(installed));
  }

  /** Waits until all that was said is written: see {@link LogQueue#awaitWritten}. */
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

  /** Writes a text of whole lines, which may have colours, in one go. */
  @Override
  public void print(String text) {
    if (text != null && text.endsWith("\n")) {
      queue.add(VisibleText.lines(text));
    } else {
      super.print(text);
    }
  }

  /** What comes in other ways, as from the JVM itself, is put together to lines. */
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
