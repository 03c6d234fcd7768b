package io.tracestream.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Writes text on a thread of its own and in order, so that nobody who has something to say waits
 * for whoever reads it. What there is no room for is left out, counted and reported. For any number
 * of threads.
 */
final class LogQueue {
  /** When so many bytes wait, what comes is left out until half of them are written. */
  static final int MOST_BYTES = 1024 * 1024;

  /** What a pipe takes as a whole or not at all: Linux's PIPE_BUF. */
  private static final int PIPE_BYTES = 4096;

  private final OutputStream out;
  private final Queue<Text> waiting = new ArrayDeque<>();
  private final AlikeLines alike = new AlikeLines();
  private long waitingBytes;
  private boolean full;
  private long linesLeftOut;
  /** Whether a text is being written, how many were, and whether the last one could not be. */
  private boolean writing;

  private long written;
  private boolean failed;

  /** Text in whole lines; a notice of lines left out counts as those. */
  private record Text(byte[] bytes, long lines) {}

  /**
   * Starts the thread, which lives as long as the process.
   *
   * @param out takes the text; where it fails, that text is lost
   */
  LogQueue(OutputStream out) {
    this.out = out;
    Thread thread = new Thread(this::writeAll, "log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds a line of the log, without its line end; warnings in excess are only counted. */
  synchronized void addLine(String line) {
    if (alike.shows(line, System.nanoTime())) {
      add(line + "\n");
    } else {
      notifyAll();
    }
  }

  /** Adds text that is written as a whole or left out; it ends with a line end. */
  synchronized void add(String text) {
    long lines = text.chars().filter(character -> character == '\n').count();
    full = waitingBytes >= (full ? MOST_BYTES / 2 : MOST_BYTES);
    if (full) {
      linesLeftOut += lines;
    } else {
      tellLinesLeftOut();
      put(text, lines);
    }
  }

  private void tellLinesLeftOut() {
    if (linesLeftOut > 0) {
      // A write that failed may have left a part of a line behind.
      String notice = (failed ? "\n" : "") + "ts-proxy: left out "
          + Units.count(linesLeftOut, "line", "lines") + " here: stderr did not take them\n";
      put(notice, linesLeftOut);
      linesLeftOut = 0;
    }
  }

  private void put(String text, long lines) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    waiting.add(new Text(bytes, lines));
    waitingBytes += bytes.length;
    notifyAll();
  }

  /**
   * Waits until all is written, if somebody takes it.
   *
   * @param stallMillis for how long at most nothing is taken
   * @param mostMillis for how long to wait at most
   */
  synchronized void awaitWritten(long stallMillis, long mostMillis) {
    long begin = System.nanoTime();
    alike.takeAllSums(begin).forEach(line -> add(line + "\n"));
    long moved = begin;
    long seen = written;
    try {
      while (writing || !waiting.isEmpty() || linesLeftOut > 0 && !failed) {
        long now = System.nanoTime();
        if (written != seen) {
          seen = written;
          moved = now;
        }
        long left = Math.min(
            TimeUnit.MILLISECONDS.toNanos(stallMillis) - (now - moved),
            TimeUnit.MILLISECONDS.toNanos(mostMillis) - (now - begin));
        if (left <= 0) {
          return;
        }
        wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    while (true) {
      try {
        Text text = take();
        written(text, write(text.bytes));
      } catch (InterruptedException | OutOfMemoryError e) {
        // Nobody interrupts this thread; and the next text may need less memory.
      }
    }
  }

  private boolean write(byte[] bytes) {
    try {
      out.write(bytes);
      return true;
    } catch (IOException | OutOfMemoryError e) {
      return false; // there is no other place to say so
    }
  }

  private synchronized void written(Text text, boolean done) {
    writing = false;
    written++;
    failed = !done;
    if (failed) {
      linesLeftOut += text.lines;
    }
    notifyAll();
  }

  private synchronized Text take() throws InterruptedException {
    while (waiting.isEmpty()) {
      alike.takeSums(System.nanoTime()).forEach(line -> add(line + "\n"));
      if (!failed) {
        tellLinesLeftOut();
      }
      if (waiting.isEmpty()) {
        wait(alike.hasLeftOut() ? 1000 : 0);
      }
    }
    Text text = takeWholeLines();
    writing = true;
    return text;
  }

  /** Several texts where a pipe takes them as one: an end in the middle cuts no line then. */
  private Text takeWholeLines() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PIPE_BYTES);
    long lines = 0;
    do {
      Text text = waiting.remove();
      waitingBytes -= text.bytes.length;
      bytes.writeBytes(text.bytes);
      lines += text.lines;
    } while (!waiting.isEmpty() && bytes.size() + waiting.peek().bytes.length <= PIPE_BYTES);
    return new Text(bytes.toByteArray(), lines);
  }
}
