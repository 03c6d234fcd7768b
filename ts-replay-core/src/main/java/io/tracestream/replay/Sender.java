package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Direction;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The half of a session that sends each s2c entry when it is due. Runs on a thread of its own.
 *
 * <p>An entry is due when all c2s entries before it were matched and, with {@link Timing#ORIGINAL},
 * the recorded pause since the entry before has passed. That is counted from when the entry before
 * was due, or matched, not from when this thread came to it: what it is late by does not add up.
 *
 * <p>Entries that are due together go out together, in writes of up to 64 KiB. None is kept back
 * while this thread waits for anything but the file.
 */
final class Sender {
  private static final int BUFFER = 64 * 1024;
  private static final long LONGEST_PAUSE =
      Long.MAX_VALUE / 4; // in ns; so that times do not overflow

  private final Progress progress;
  private final Timing timing;
  private final Cursor cursor;
  private final OutputStream out;
  private final FrameWriter frames;
  /** When the entry before was due, or matched. */
  private long time;
  /** When it came in the recording. */
  private long elapsedMicros;
  /** Whether it was a c2s entry. */
  private boolean afterC2s;

  Sender(Progress progress, Timing timing, Cursor cursor, OutputStream out, FrameFormat format) {
    this.progress = progress;
    this.timing = timing;
    this.cursor = cursor;
    this.out = new BufferedOutputStream(out, BUFFER);
    this.frames = new FrameWriter(this.out, format);
  }

  /** Sends all entries and waits for the last match; false when it was stopped before. */
  boolean run() throws IOException, InterruptedException {
    try {
      return sendAll();
    } finally {
      flushRest();
    }
  }

  /** Whatever ended the sending: these were due before. */
  private void flushRest() {
    try {
      out.flush();
    } catch (IOException e) {
      // What ended the sending is told, not this.
    }
  }

  private boolean sendAll() throws IOException, InterruptedException {
    time = System.nanoTime();
    while (cursor.next()) {
      if (timing == Timing.ORIGINAL || !progress.hasMatched(cursor.c2sSoFar())) {
        flush();
      }
      if (cursor.direction() == Direction.S2C && !sendWhenDue()) {
        return false;
      }
      afterC2s = cursor.direction() == Direction.C2S;
      elapsedMicros = cursor.elapsedMicros();
    }
    flush();
    return progress.awaitMatches(cursor.c2sSoFar());
  }

  private boolean sendWhenDue() throws IOException, InterruptedException {
    ByteBuffer payload = cursor.payload(); // decoded before it is due
    if (!progress.awaitMatches(cursor.c2sSoFar())
        || timing == Timing.ORIGINAL && !awaitTime()
        || progress.isStopped()) {
      return false;
    }
    try {
      frames.write(payload);
      return true;
    } catch (IOException e) {
      throw new ClientGone(e);
    }
  }

  private boolean awaitTime() throws InterruptedException {
    long before = afterC2s ? Math.max(time, progress.timeOfMatch(cursor.c2sSoFar(), time)) : time;
    time = before + pause(cursor.elapsedMicros() - elapsedMicros);
    return progress.awaitTime(time);
  }

  private static long pause(long micros) {
    return Math.min(TimeUnit.MICROSECONDS.toNanos(Math.max(0, micros)), LONGEST_PAUSE);
  }

  private void flush() throws ClientGone {
    try {
      out.flush();
    } catch (IOException e) {
      throw new ClientGone(e);
    }
  }

  /** What is left of the recording to be sent: the entry at which the client was gone. */
  Cursor cursor() {
    return cursor;
  }

  /** The client takes no more: an error of the connection, not of the recording. */
  static final class ClientGone extends IOException {
    private static final long serialVersionUID = 1;

    private ClientGone(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
