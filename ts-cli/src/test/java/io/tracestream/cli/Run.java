package io.tracestream.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a command did that ends by itself, run in this process: as good as the real jar in a process
 * of its own, and much quicker.
 *
 * @param status the exit status
 * @param stdout the lines that it printed
 * @param stderr all that it said
 */
record Run(int status, List<String> stdout, String stderr) {
  private static volatile ByteArrayOutputStream said;
  private static final LogQueue QUEUE = new LogQueue(new OutputStream() {
    @Override
    public void write(int b) {
      said.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      said.write(bytes, from, count);
    }
  });

  /** Runs a command to its end. One at a time: there is one stdout. */
  static synchronized Run of(String... args) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    said = new ByteArrayOutputStream();
    System.setErr(new StandardError(QUEUE));
    StandardOutput.redirect(printed);
    try {
      int status = Main.run(args);
      QUEUE.awaitWritten(StandardError.FOREVER, StandardError.FOREVER);
      return new Run(
          status,
          printed.toString(StandardCharsets.UTF_8).lines().toList(),
          said.toString(StandardCharsets.UTF_8));
    } finally {
      StandardOutput.redirect(null);
      System.setErr(stderr);
    }
  }
}
