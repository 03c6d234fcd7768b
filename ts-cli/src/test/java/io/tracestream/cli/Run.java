package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.fail;

import io.tracestream.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What a command did that ends by itself, run in this process: as good as the real jar in a process
 * of its own, and much quicker. There is one stdout, so a class that uses it locks System.err.
 *
 * @param status the exit status
 * @param stdout the lines that it printed, after the one that a server begins with
 * @param stderr all that it said
 */
record Run(int status, List<String> stdout, String stderr) {
  private static final long DEADLINE_SECONDS = 120;

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

  /** Runs a command to its end. */
  static Run of(String... args) {
    return into(new ByteArrayOutputStream(), args);
  }

  /** Runs a command to its end that prints elsewhere. */
  static Run into(OutputStream stdout, String... args) {
    try (Started started = startInto(stdout, args)) {
      return new Run(started.awaitStatus(), started.awaitOutput(), started.stderr());
    }
  }

  /** Starts a command that goes on until a client or a server has come and gone. */
  static Started start(String... args) {
    return startInto(new ByteArrayOutputStream(), args);
  }

  /** Starts a replay of that recording on a free port. */
  static Started replay(Path recording, String... more) {
    return start(joined(
        List.of("replay", "--listen", "127.0.0.1:0", "--record", recording.toString()), more));
  }

  /** Starts a proxy on a free port. */
  static Started proxy(InetSocketAddress target, String... more) {
    String to = "127.0.0.1:" + target.getPort();
    return start(joined(List.of("proxy", "--listen", "127.0.0.1:0", "--target", to), more));
  }

  private static String[] joined(List<String> begin, String... more) {
    return Stream.concat(begin.stream(), Stream.of(more)).toArray(String[]::new);
  }

  /** The same, but it prints elsewhere. */
  static Started startInto(OutputStream stdout, String... args) {
    return new Started(stdout, args);
  }

  /** A command that is running. */
  static final class Started implements AutoCloseable {
    private final PrintStream before = System.err;
    private final OutputStream printed;
    private final FutureTask<Integer> running;
    private int linesRead;

    private Started(OutputStream printed, String... args) {
      this.printed = printed;
      said = new ByteArrayOutputStream();
      System.setErr(new StandardError(QUEUE));
      StandardOutput.redirect(printed);
      running = new FutureTask<>(() -> Main.run(args));
      Thread thread = new Thread(running, String.join(" ", args));
      thread.setDaemon(true);
      thread.start();
    }

    private List<String> lines() {
      return printed instanceof ByteArrayOutputStream bytes
          ? bytes.toString(StandardCharsets.UTF_8).lines().toList()
          : List.of();
    }

    String stderr() {
      return said.toString(StandardCharsets.UTF_8);
    }

    /** Waits for the line that a server begins with, and gives its address. */
    InetSocketAddress awaitListening() throws IOException {
      Await.until(() -> running.isDone() || printed.toString().endsWith("\n"));
      linesRead = 1;
      return App.listening(lines().isEmpty() ? null : lines().get(0), stderr());
    }

    /** Waits until stderr has that text. */
    void awaitStderr(String text) throws IOException {
      if (!Await.until(() -> stderr().contains(text))) {
        fail("no \"" + text + "\" in " + stderr());
      }
    }

    int awaitStatus() {
      try {
        int status = running.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        QUEUE.awaitWritten(StandardError.FOREVER, StandardError.FOREVER);
        return status;
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError(stderr(), e);
      } catch (TimeoutException e) {
        return fail("the command is still running; stderr: " + stderr());
      }
    }

    /** The lines of stdout after the one that a server begins with, to the end. */
    List<String> awaitOutput() {
      awaitStatus();
      return lines().stream().skip(linesRead).toList();
    }

    @Override
    public void close() {
      StandardOutput.redirect(null);
      System.setErr(before);
    }
  }
}
