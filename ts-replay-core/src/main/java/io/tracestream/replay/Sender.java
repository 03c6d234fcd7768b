package io.tracestream.replay;

import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * The half of a session that sends each s2c entry when it is due. Runs on a thread of its own.
 *
 * <p>An entry is due when all c2s entries before it were matched and, with {@link Timing#ORIGINAL},
 * the recorded pause since the entry before has passed. That is counted from when the entry before
 * was due, or matched, not from when this thread came to it: what it is late by does not add up.
 */
final class Sender {
  private static final long LONGEST_PAUSE =
      Long.MAX_VALUE / 4; // in ns; so that times do not overflow

  private final Progress progress;
  private final Timing timing;
  private final Cursor cursor;
  private final FrameWriter frames;

  Sender(Progress progress, Timing timing, Cursor cursor, FrameWriter frames) {
    this.progress = progress;
    this.timing = timing;
    this.cursor = cursor;
    this.frames = frames;
  }

  /** Sends all entries and waits for the last match; false when it was stopped before. */
  boolean run() throws IOException, InterruptedException {
    long time = System.nanoTime();
    long elapsedMicros = 0;
    boolean afterC2s = false;
    for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
      boolean s2c = entry.direction() == Direction.S2C;
      if (s2c) {
        if (!progress.awaitMatches(cursor.c2sSoFar()) || progress.isStopped()) {
          return false;
        }
        long before =
            afterC2s ? Math.max(time, progress.timeOfMatch(cursor.c2sSoFar(), time)) : time;
        time = before + pause(entry.elapsedMicros() - elapsedMicros);
        if (timing == Timing.ORIGINAL && !progress.awaitTime(time)) {
          return false;
        }
        send(entry);
      }
      afterC2s = !s2c;
      elapsedMicros = entry.elapsedMicros();
    }
    return progress.awaitMatches(cursor.c2sSoFar());
  }

  private static long pause(long micros) {
    return Math.min(TimeUnit.MICROSECONDS.toNanos(Math.max(0, micros)), LONGEST_PAUSE);
  }

  private void send(Entry entry) throws ClientGone {
    try {
      frames.write(entry.payload());
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
