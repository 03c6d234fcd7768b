package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.recording.FrameObserver;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints frames on stdout as they pass, on a thread of its own: traffic never waits for it. Frames
 * that nobody takes in time are left out, and a line in their place says how many. On a terminal,
 * frames are also left out when they are too many to be read.
 *
 * <p>Safe for any number of threads. An event loop copies what will be shown, and nothing more.
 */
final class FrameShow implements FrameObserver {
  /** When so much waits, frames are left out until half of it is printed. */
  static final int MOST_BYTES = 4 * 1024 * 1024;

  /** What a waiting frame takes beside the bytes that are shown. */
  private static final int OVERHEAD = 100;
  /** Frames that are taken from the queue at a time. */
  private static final int BATCH = 256;

  /** A terminal shows this many frames at once, and so many more a second. */
  static final int FIRST_ON_TERMINAL = 500;

  private static final int PER_SECOND_ON_TERMINAL = 40;
  /** How long it shows none when there were too many, so that some in a row can follow. */
  private static final long PAUSE_MILLIS = 500;

  /** How long the end waits while nobody takes anything, and how long at most. */
  private static final long STALL_MILLIS = 200;

  private static final long MOST_MILLIS = 400;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final String COLUMNS = "           time    conn dir    bytes";

  private final boolean whole;
  private final Decoders decoders;
  private final boolean isTerminal;
  private final boolean colours;
  private final FrameText text;
  private final Thread thread = new Thread(this::print, "show");

  /** A frame that waits; without a payload, a place where frames were left out. */
  private record Frame(
      Instant time, long connection, Direction direction, int length, byte[] payload) {
    private static final Frame LEFT_OUT = new Frame(null, 0, null, 0, null);
  }

  // Guarded by this.
  private final ArrayDeque<Frame> waiting = new ArrayDeque<>();
  private long waitingBytes;
  /** How many more frames may be shown now. */
  private double allowed = FIRST_ON_TERMINAL;

  private long refilled = System.nanoTime();
  private boolean closed;

  private final AtomicLong leftOut = new AtomicLong();
  /** Whether frames are left out now, or for good. */
  private volatile boolean full;

  private volatile boolean over;
  private volatile boolean failed;
  private volatile long printed;

  /**
   * Frames to show.
   *
   * @param whole whether to show payloads whole
   * @param decoders show them as text, too
   * @param isTerminal whether a person reads along
   * @param colours whether to mark the directions
   */
  FrameShow(boolean whole, Decoders decoders, boolean isTerminal, boolean colours) {
    this.whole = whole;
    this.decoders = decoders;
    this.isTerminal = isTerminal;
    this.colours = colours;
    this.text = new FrameText(decoders);
    thread.setDaemon(true);
  }

  /** Begins to print. Nothing else can be printed on stdout until {@link #close}. */
  void start() {
    thread.start();
  }

  @Override
  public void frame(long connection, Direction direction, ByteBuffer... payload) {
    if (over) {
      return;
    }
    if (full) {
      leftOut.incrementAndGet();
      return;
    }
    Instant time = Instant.now();
    int length = 0;
    for (ByteBuffer part : payload) {
      length += part.remaining();
    }
    boolean needsAll = whole || !decoders.isEmpty();
    byte[] shown = new byte[needsAll ? length : Math.min(length, FrameText.SHOWN)];
    int at = 0;
    for (ByteBuffer part : payload) {
      int count = Math.min(part.remaining(), shown.length - at);
      part.get(shown, at, count);
      at += count;
    }
    add(new Frame(time, connection, direction, length, shown));
  }

  private synchronized void add(Frame frame) {
    waiting.add(frame);
    waitingBytes += bytes(frame);
    if (isTerminal) {
      refill();
      allowed--;
    }
    full |= waitingBytes >= MOST_BYTES || allowed < 1;
    if (waiting.size() == 1) {
      notifyAll();
    }
  }

  private static long bytes(Frame frame) {
    return OVERHEAD + frame.payload.length;
  }

  private void print() {
    try {
      StandardOutput.print(this::printFrames);
      if (!isClosed()) {
        log().info("nobody reads stdout any more: frames are no longer shown");
      }
    } catch (IOException | Failures.Failed e) {
      failed = true;
      Failures.say(e.getMessage() + "; frames are no longer shown");
    } finally {
      over = true;
    }
  }

  /** Made late, once it is known how much to log. */
  private static Logger log() {
    return LoggerFactory.getLogger(FrameShow.class);
  }

  private void printFrames(Writer out) throws IOException {
    long count = 0;
    for (List<Frame> frames = take(); !frames.isEmpty(); frames = take()) {
      if (count == 0) {
        out.write(COLUMNS + (whole ? "" : FrameText.PAYLOAD) + "\n");
      }
      for (Frame frame : frames) {
        if (frame == Frame.LEFT_OUT) {
          printLeftOut(out);
        } else {
          print(frame, out);
        }
        printed = ++count;
      }
      if (isIdle()) {
        out.flush();
      }
    }
    printLeftOut(out);
  }

  private void print(Frame frame, Writer out) throws IOException {
    String direction = frame.direction.toString();
    text.put(TIME.format(frame.time))
        .putRight(frame.connection, 8)
        .put(' ')
        .put(colours ? coloured(frame.direction) : direction)
        .put(' ')
        .putRight(frame.length, 8);
    if (!whole) {
      text.putBytes(ByteBuffer.wrap(frame.payload), 0);
    }
    text.writeLine(out);
    if (whole || !decoders.isEmpty()) {
      text.writePayload(frame.direction, frame.payload, whole, out);
    }
  }

  private static String coloured(Direction direction) {
    return (direction == Direction.C2S ? "\u001b[36m" : "\u001b[33m") + direction + "\u001b[0m";
  }

  private void printLeftOut(Writer out) throws IOException {
    long count = leftOut.getAndSet(0);
    if (count > 0) {
      out.write("-- " + Units.count(count, "frame", "frames") + " not shown: "
          + (isTerminal ? "too many to read" : "stdout did not take them in time") + "\n");
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean isIdle() {
    return waiting.isEmpty();
  }

  /** Waits for frames; none once this is closed and all have been taken. */
  private synchronized List<Frame> take() {
    List<Frame> frames = new ArrayList<>();
    try {
      while (waiting.isEmpty() && !closed) {
        if (isTerminal && full) {
          wait(PAUSE_MILLIS);
          refill();
          if (allowed >= 1) {
            resume();
          }
        } else {
          wait();
        }
      }
    } catch (InterruptedException e) {
      closed = true; // nobody interrupts this thread
    }
    while (!waiting.isEmpty() && frames.size() < BATCH) {
      Frame frame = waiting.remove();
      frames.add(frame);
      waitingBytes -= frame == Frame.LEFT_OUT ? 0 : bytes(frame);
    }
    if (full && allowed >= 1 && waitingBytes < MOST_BYTES / 2) {
      resume();
    }
    return frames;
  }

  /** On a terminal: what may be shown grows with time. */
  private void refill() {
    long now = System.nanoTime();
    double more = (now - refilled) / 1e9 * PER_SECOND_ON_TERMINAL;
    allowed = Math.min(FIRST_ON_TERMINAL, allowed + more);
    refilled = now;
  }

  private void resume() {
    full = false;
    waiting.add(Frame.LEFT_OUT);
  }

  /**
   * Prints what waits, if somebody takes it soon, and ends.
   *
   * @return false if frames could not be printed, other than because their reader has left
   */
  boolean close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      long begin = System.nanoTime();
      long seen;
      do {
        seen = printed;
        thread.join(STALL_MILLIS);
      } while (thread.isAlive()
          && printed != seen
          && System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS));
      leaveOutTheRest();
      thread.join(STALL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      over = true;
      StandardOutput.giveUp();
      log().warn("the last frames are not shown: stdout does not take them");
    }
    return !failed;
  }

  private synchronized void leaveOutTheRest() {
    leftOut.addAndGet(waiting.stream().filter(frame -> frame != Frame.LEFT_OUT).count());
    waiting.clear();
  }
}
