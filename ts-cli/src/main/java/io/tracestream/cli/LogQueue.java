package io.tracestream.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Writes text on a thread of its own and in order, so that no other thread waits for its reader.
 * What does not fit is dropped, counted and reported. On a terminal it can keep a status line below
 * the text. Safe for any number of threads.
 */
final class LogQueue {
  /** When this many bytes wait, new text is dropped until half of them are written. */
  static final int MOST_BYTES = 1024 * 1024;

  /** What a pipe takes as a whole or not at all: Linux's PIPE_BUF. */
  private static final int PIPE_BYTES = 4096;

  /** Back to the beginning of the line, and clear it. */
  private static final String CLEAR = "\r\u001b[K";
  /** A line that the terminal cuts at its width instead of wrapping it. */
  private static final String STATUS = "\u001b[?7l%s\u001b[?7h";

  private final OutputStream out;
  private final Queue<Text> waiting = new ArrayDeque<>();
  private final AlikeLines alike = new AlikeLines();
  private long waitingBytes;
  private boolean full;
  private long linesLeftOut;
  /** All lines that nobody will see. */
  private long dropped;
  /** Whether a text is being written, how many have been, and whether the last one failed. */
  private boolean writing;

  private long written;
  private boolean failed;
  /** The thread wakes up by itself to say how many lines were only counted. */
  private boolean looksForSums;
  /** The status line; empty for none. Whether it has changed, and what is on the screen. */
  private String status = "";

  private boolean statusChanged;
  private boolean statusEnded;
  private String shownStatus = "";

  /**
   * Text in whole lines. A notice about lines that were dropped stands for those lines.
   *
   * @param dropped how many of the lines it is such a notice for
   */
  private record Text(byte[] bytes, long lines, long dropped) {}

  /**
   * Starts the thread, which lives as long as the process.
   *
   * @param out takes the text; what it fails to take is lost
   */
  LogQueue(OutputStream out) {
    this.out = out;
    Thread thread = new Thread(this::writeAll, "log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Adds a log line, given without its line end. Too many warnings alike are only counted. */
  synchronized void addLine(String line) {
    if (alike.shows(line, System.nanoTime())) {
      add(line + "\n");
    } else if (!looksForSums) {
      notifyAll();
    }
  }

  /** Adds text, which must end with a line end. It is written as a whole or dropped. */
  synchronized void add(String text) {
    long lines = text.chars().filter(character -> character == '\n').count();
    full = waitingBytes >= (full ? MOST_BYTES / 2 : MOST_BYTES);
    if (full) {
      linesLeftOut += lines;
      dropped += lines;
    } else {
      addNotice();
      put(text, lines, 0);
    }
  }

  private void addNotice() {
    if (linesLeftOut > 0) {
      // A write that failed may have written a part of a line.
      String notice = (failed ? "\n" : "") + "ts-proxy: left out "
          + Units.count(linesLeftOut, "line", "lines") + " here: stderr did not take them\n";
      put(notice, linesLeftOut, linesLeftOut);
      linesLeftOut = 0;
    }
  }

  private void put(String text, long lines, long dropped) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    waiting.add(new Text(bytes, lines, dropped));
    waitingBytes += bytes.length;
    notifyAll();
  }

  /** How many lines were dropped so far. */
  synchronized long dropped() {
    return dropped;
  }

  /** Shows a status line below all text, in place of the one before; an empty one removes it. */
  synchronized void status(String line) {
    if (!statusEnded) {
      status = line;
      statusChanged = !line.equals(shownStatus);
      notifyAll();
    }
  }

  /** Removes the status line for good. */
  synchronized void endStatus() {
    status("");
    statusEnded = true;
  }

  /**
   * Waits until everything is written, as long as somebody reads it.
   *
   * @param stallMillis how long to wait while nothing is taken
   * @param mostMillis how long to wait at all
   */
  synchronized void awaitWritten(long stallMillis, long mostMillis) {
    long begin = System.nanoTime();
    alike.takeAllSums(begin).forEach(line -> add(line + "\n"));
    long moved = begin;
    long seen = written;
    try {
      while (writing || statusChanged || !waiting.isEmpty() || linesLeftOut > 0 && !failed) {
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
      return false; // there is no other place to report it
    }
  }

  private synchronized void written(Text text, boolean done) {
    writing = false;
    written++;
    failed = !done;
    if (failed) {
      linesLeftOut += text.lines;
      dropped += text.lines - text.dropped;
    }
    notifyAll();
  }

  private synchronized Text take() throws InterruptedException {
    while (waiting.isEmpty() && !statusChanged) {
      alike.takeSums(System.nanoTime()).forEach(line -> add(line + "\n"));
      if (!failed) {
        addNotice();
      }
      if (waiting.isEmpty() && !statusChanged) {
        looksForSums = alike.hasLeftOut();
        wait(looksForSums ? 1000 : 0);
      }
    }
    Text text = withStatus(takeWholeLines());
    writing = true;
    return text;
  }

  private Text withStatus(Text text) {
    statusChanged = false;
    if (status.isEmpty() && shownStatus.isEmpty()) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PIPE_BYTES);
    bytes.writeBytes(CLEAR.getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(text.bytes);
    if (!status.isEmpty()) {
      bytes.writeBytes(Units.format(STATUS, status).getBytes(StandardCharsets.UTF_8));
    }
    shownStatus = status;
    return new Text(bytes.toByteArray(), text.lines, text.dropped);
  }

  /** As many texts as a pipe takes in one piece, so that a kill never cuts a line. */
  private Text takeWholeLines() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PIPE_BYTES);
    long lines = 0;
    long ofNotices = 0;
    while (!waiting.isEmpty()
        && (bytes.size() == 0 || bytes.size() + waiting.peek().bytes.length <= PIPE_BYTES)) {
      Text text = waiting.remove();
      waitingBytes -= text.bytes.length;
      bytes.writeBytes(text.bytes);
      lines += text.lines;
      ofNotices += text.dropped;
    }
    return new Text(bytes.toByteArray(), lines, ofNotices);
  }
}
