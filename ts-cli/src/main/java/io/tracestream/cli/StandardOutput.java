package io.tracestream.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The only way to standard output. Unlike System.out it notices when writing fails: then the
 * command has failed, unless only its reader has left, as {@code head} does after ten lines.
 */
final class StandardOutput {
  private static final int BUFFER = 64 * 1024;
  /** How long a server waits for the reader of its line. */
  private static final long LINE_MILLIS = 500;

  private static final OutputStream STDOUT = new FileOutputStream(FileDescriptor.out);

  private static volatile OutputStream target = STDOUT;
  private static volatile boolean failed;
  /** Whether a line of a server has waited too long for its reader. */
  private static volatile boolean unread;

  private StandardOutput() {}

  /** Has all text written elsewhere, as tests do; null for standard output again. */
  static void redirect(OutputStream other) {
    target = other == null ? STDOUT : other;
    failed = false;
    unread = false;
  }

  /** Text that writes itself piece by piece. An UncheckedIOException counts as its cause. */
  interface Text {
    void writeTo(Writer out) throws IOException;
  }

  /**
   * Prints a text, or as much of it as its reader takes.
   *
   * @throws IOException what the text threw; what it wrote before that has been printed
   */
  static void print(Text text) throws IOException, Failures.Failed {
    try {
      write(text, new Unbuffered(false));
    } catch (ReaderLeft e) {
      // nobody wants the rest
    }
  }

  /** The same, but runs the text to its end even if the reader has left, for what it finds. */
  static void printToItsEnd(Text text) throws IOException, Failures.Failed {
    write(text, new Unbuffered(true));
  }

  /**
   * Prints a line of a server, given without its line end, and does not wait long for a reader. If
   * it turns out later that the line cannot be written, that ends the process.
   *
   * @throws Failures.Failed when it cannot be written; only the first time
   */
  static void printLine(String line) throws Failures.Failed {
    if (failed) {
      return;
    }
    Line printing = new Line(line);
    Thread thread = new Thread(printing, "stdout");
    thread.setDaemon(true);
    thread.start();
    try {
      printing.awaitWritten();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static Failures.Failed failure(ExecutionException e) {
    return e.getCause() instanceof Failures.Failed failed
        ? failed
        : new Failures.Failed("stdout: " + e.getCause());
  }

  /** A line that is being printed, and whether somebody still waits for that. */
  private static final class Line extends FutureTask<Void> {
    private final CountDownLatch writing;
    private boolean isLate;

    private Line(String line) {
      this(line, new CountDownLatch(1));
    }

    private Line(String line, CountDownLatch writing) {
      super(() -> {
        print(out -> {
          out.write(line + "\n");
          writing.countDown();
        });
        return null;
      });
      this.writing = writing;
    }

    private void awaitWritten() throws InterruptedException, ExecutionException {
      try {
        // A busy machine may take long to begin writing, and then its reader is not to blame. But a
        // line that nobody reads keeps the next ones from beginning.
        boolean begun;
        do {
          begun = writing.await(LINE_MILLIS, TimeUnit.MILLISECONDS);
        } while (!begun && !unread);
        get(begun ? LINE_MILLIS : 0, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        unread = true;
        if (!leaveIt()) {
          get();
        } // else a server goes on, and stops, even if nobody reads what it prints
      }
    }

    private synchronized boolean leaveIt() {
      isLate = !isDone();
      return isLate;
    }

    @Override
    protected void done() {
      writing.countDown(); // if it has failed before that
      if (wasLate()) {
        try {
          get();
        } catch (ExecutionException e) {
          Failures.say(failure(e).getMessage());
          Shutdown.exit(Failures.FAILED);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private synchronized boolean wasLate() {
      return isLate;
    }
  }

  /** Nobody takes what is being printed: prints no more lines, which could only wait for it. */
  static void giveUp() {
    failed = true;
  }

  private static synchronized void write(Text text, Unbuffered unbuffered)
      throws IOException, Failures.Failed {
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(unbuffered, StandardCharsets.UTF_8), BUFFER)) {
      run(text, out);
    } catch (NotWritten e) {
      failed = true;
      throw new Failures.Failed("stdout: cannot write: " + Failures.reason(e.cause));
    }
  }

  private static void run(Text text, Writer out) throws IOException {
    try {
      text.writeTo(out);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether stdout has a reader, who must have left when writing fails. */
  private static boolean hasReader() {
    if (target != STDOUT) {
      return false;
    }
    try {
      int type = (Integer) Files.getAttribute(Path.of("/dev/fd/1"), "unix:mode") & 0170000;
      return type == 0010000 || type == 0140000; // a pipe, a socket: S_IFIFO, S_IFSOCK
    } catch (IOException | RuntimeException e) {
      return false; // another system, or no stdout
    }
  }

  /** A failure of stdout, as opposed to one of the files that a text reads. */
  private static final class NotWritten extends IOException {
    private static final long serialVersionUID = 1;

    private final IOException cause;

    private NotWritten(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private static final class ReaderLeft extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static final class Unbuffered extends FilterOutputStream {
    private final boolean toItsEnd;
    private boolean left;

    private Unbuffered(boolean toItsEnd) {
      super(target);
      this.toItsEnd = toItsEnd;
    }

    @Override
    public void write(byte[] from, int at, int count) throws IOException {
      if (left && toItsEnd) {
        return;
      }
      try {
        out.write(from, at, count);
      } catch (IOException e) {
        left = hasReader();
        if (!left) {
          throw new NotWritten(e);
        }
        if (!toItsEnd) {
          throw new ReaderLeft();
        }
      }
    }

    /** Leaves stdout open: another file could get its number, and then the next text. */
    @Override
    public void close() {}
  }
}
