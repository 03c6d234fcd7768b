package io.tracestream.replay;

import io.tracestream.codec.FrameWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The half of a session that sends each entry of ours when it is due. Runs on a thread of its own.
 *
 * <p>An entry is due when all entries of the other side before it were matched and, unless all go
 * at once, the recorded pause since the entry before has passed. That is counted from when the
 * entry before was due, or matched, not from when this thread came to it: what it is late by does
 * not add up.
 *
 * <p>Entries that are due together go out together, in writes of up to 64 KiB. None is kept back
 * while this thread waits for anything but the file.
 */
final class Sender {
  private static final int BUFFER = 64 * 1024;

  private final Candidates candidates;
  private final Progress progress;
  private final Handover handover;
  /** Whether values are copied from the frames that come. */
  private final boolean copiesReceived;

  /** What is sent: the recording that is in front, as far as this thread has come. */
  private Play play;

  private Cursor cursor;
  private LiveValues values;
  /** What was copied from each frame that came, while another recording may come in front. */
  private final List<byte[]> taken = new ArrayList<>();

  private final OutputStream out;
  private final FrameWriter frames;
  /** Whether, behind the last entry, all frames that come were matched. */
  private boolean allMatched;
  /** When the entry before was due, or matched. */
  private long time;

  private volatile long longestLateness;

  Sender(Candidates candidates, Progress progress, Handover handover, OutputStream out) {
    this.candidates = candidates;
    this.play = candidates.front().play();
    this.progress = progress;
    this.handover = handover;
    this.values = new LiveValues(play.rules());
    this.copiesReceived = values.comeFrom(play.compared());
    this.cursor = play.cursor();
    this.out = new BufferedOutputStream(new WatchedOutput(out, progress), BUFFER);
    this.frames = new FrameWriter(this.out, play.format());
  }

  /** Sends all entries and waits for the last match; false when it was stopped before. */
  boolean run() throws IOException, InterruptedException {
    try {
      return sendAll();
    } catch (PeerGone e) {
      throw e;
    } catch (IOException e) {
      flushRest();
      progress.awaitMatches(cursor.comparedSoFar()); // the other side may depart before the damage
      throw e;
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
    boolean afterCompared = false;
    while (next()) {
      if (!play.timing().isAtOnce() || !progress.hasMatched(cursor.comparedSoFar())) {
        flush();
      }
      if (!(cursor.isCompared() ? passed() : sendWhenDue(afterCompared))) {
        return false;
      }
      afterCompared = cursor.isCompared();
    }
    return allMatched;
  }

  /** Goes to the next entry; false behind the last one, when all frames that come have come. */
  private boolean next() throws IOException, InterruptedException {
    follow(cursor.number());
    while (!cursor.next()) {
      flush();
      boolean matched = progress.awaitMatches(cursor.comparedSoFar());
      if (!follow(cursor.number() - 1)) {
        allMatched = matched;
        return false;
      }
    }
    return true;
  }

  /**
   * Goes over to the recording that is in front now, behind so many entries: up to there it is the
   * same. False when that is the one at hand.
   */
  private boolean follow(long entries) throws IOException {
    Play front = candidates.front().play();
    if (front == play) {
      return false;
    }
    play = front;
    cursor = play.cursor();
    values = new LiveValues(play.rules());
    int frame = 0;
    while (cursor.number() < entries && cursor.next()) {
      if (copiesReceived && cursor.isCompared()) {
        values.passed(play.compared(), cursor.payload(), taken.get(frame++));
      }
    }
    return true;
  }

  /** The other side's frame, and what is copied from it; false when it was stopped before. */
  private boolean passed() throws IOException, InterruptedException {
    if (!copiesReceived) {
      return true;
    }
    boolean matched = progress.awaitMatches(cursor.comparedSoFar());
    boolean settled = candidates.isSettled(); // asked first: what is in front then stays there
    if (follow(cursor.number() - 1)) {
      return true;
    }
    if (!matched) {
      return false;
    }
    byte[] cut = handover.take(values.length(play.compared(), cursor.payload()));
    if (cut == null) {
      return false;
    }
    values.passed(play.compared(), cursor.payload(), cut);
    if (!settled) {
      taken.add(cut);
    }
    return true;
  }

  private boolean sendWhenDue(boolean afterCompared) throws IOException, InterruptedException {
    ByteBuffer payload = cursor.payload(); // decoded before it is due
    boolean matched = progress.awaitMatches(cursor.comparedSoFar());
    if (follow(cursor.number() - 1)) {
      return true;
    }
    if (!matched
        || !play.timing().isAtOnce() && !awaitTime(afterCompared)
        || progress.isStopped()) {
      return false;
    }
    try {
      frames.write(values.live(play.sent(), payload));
      return true;
    } catch (IOException e) {
      throw new PeerGone(e);
    }
  }

  private boolean awaitTime(boolean afterCompared) throws InterruptedException {
    long before =
        afterCompared ? Math.max(time, progress.timeOfMatch(cursor.comparedSoFar(), time)) : time;
    time = before + play.timing().pauseNanos(cursor.elapsedBefore(), cursor.elapsedMicros());
    progress.active(time);
    boolean goesOn = progress.awaitTime(time);
    longestLateness = Math.max(longestLateness, System.nanoTime() - time);
    return goesOn;
  }

  private void flush() throws PeerGone {
    try {
      out.flush();
    } catch (IOException e) {
      throw new PeerGone(e);
    }
  }

  /** The recording that is sent. */
  Play play() {
    return play;
  }

  /** What is left of the recording to be sent: the entry at which the other side was gone. */
  Cursor cursor() {
    return cursor;
  }

  /** By how much the latest frame was sent behind its time, in nanoseconds. */
  long longestLateness() {
    return longestLateness;
  }

  /** The other side takes no more: an error of the connection, not of the recording. */
  static final class PeerGone extends IOException {
    private static final long serialVersionUID = 1;

    private PeerGone(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
