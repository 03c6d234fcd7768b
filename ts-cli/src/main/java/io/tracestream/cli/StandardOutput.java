package io.tracestream.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Standard output for text of any length. Unlike System.out it notices that nobody reads on. */
final class StandardOutput {
  private static final int BUFFER = 64 * 1024;
  /** What a write fails with when the reader is gone, as {@code head} is after ten lines. */
  private static final Set<String> CLOSED = Set.of("Broken pipe", "Bad file descriptor");

  private StandardOutput() {}

  /** Writes itself, a part at a time. */
  interface Text {
    void writeTo(Writer out) throws IOException;
  }

  /**
   * Prints a text, or as much of it as somebody reads.
   *
   * @throws IOException what the text threw; what it wrote before that has been printed
   */
  static void print(Text text) throws IOException, Failures.Failed {
    Unbuffered unbuffered = new Unbuffered();
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(unbuffered, StandardCharsets.UTF_8), BUFFER)) {
      text.writeTo(out);
    } catch (NotWritten e) {
      if (!CLOSED.contains(e.getMessage())) {
        throw new Failures.Failed(
            "stdout: found \"" + e.getMessage() + "\" when writing, expected room for the output");
      }
    }
  }

  /** Tells a failure of stdout from one of what is read meanwhile. */
  private static final class NotWritten extends IOException {
    private static final long serialVersionUID = 1;

    private NotWritten(IOException cause) {
      super(Failures.reason(cause), cause);
    }
  }

  private static final class Unbuffered extends FilterOutputStream {
    private Unbuffered() {
      super(new FileOutputStream(FileDescriptor.out));
    }

    @Override
    public void write(byte[] from, int at, int count) throws IOException {
      try {
        out.write(from, at, count);
      } catch (IOException e) {
        throw new NotWritten(e);
      }
    }
  }
}
