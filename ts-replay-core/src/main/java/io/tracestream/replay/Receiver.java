package io.tracestream.replay;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameReader;
import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * The half of a session that reads what the other side sends, and compares it with the recording.
 */
final class Receiver {
  private final Play play;
  private final Progress progress;
  private final Handover handover;
  private final Comparer comparer;
  private final LiveValues values;
  /** Whether values are copied from the frames that come, and from those that go. */
  private final boolean copiesReceived;

  private final boolean copiesSent;
  /** At the entry that is expected. */
  private final Cursor cursor;

  private final PatientInput in;
  private final FrameReader frames;
  /** The payload that is expected; null at the recording's end. */
  private ByteBuffer expected;

  private Departure departure;
  private boolean reset;
  private boolean allMatched;
  private long matched;

  Receiver(Play play, Progress progress, Handover handover, Socket socket) throws IOException {
    this.play = play;
    this.progress = progress;
    this.handover = handover;
    this.comparer = new Comparer(play.rules(), play.compared());
    this.values = new LiveValues(play.rules());
    this.copiesReceived = values.comeFrom(play.compared());
    this.copiesSent = values.comeFrom(play.sent());
    this.cursor = play.cursor();
    this.in = new PatientInput(socket, progress);
    this.frames = new FrameReader(in, play.format());
  }

  /**
   * Compares to the end of both; false when they differ: then {@link #departure} says what came in
   * the place of the entry that {@link #cursor} is at.
   *
   * @throws IOException when the recording is damaged
   */
  boolean run() throws IOException {
    while (next()) {
      ByteBuffer frame = receive();
      if (frame == null || comparer.difference(expected, frame) >= 0) {
        return differs(Kind.DIFFERENT_FRAME, frame);
      }
      matched++;
      passed(frame);
      if (!frames.ready()) { // to tell the sender costs more than to compare a small frame
        progress.matched(cursor.comparedSoFar());
      }
    }
    progress.matched(cursor.comparedSoFar());
    allMatched = true;
    ByteBuffer extra = receive();
    boolean over = extra == null && (departure.kind() == Kind.EARLY_END || reset);
    return over || differs(Kind.EXTRA_FRAME, extra);
  }

  /** Goes to the next entry that is compared; false at the recording's end. */
  private boolean next() throws IOException {
    while (copiesSent && cursor.next() && !cursor.isCompared()) {
      ByteBuffer sent = values.live(play.sent(), cursor.payload());
      values.passed(play.sent(), cursor.payload(), values.cut(play.sent(), sent));
    }
    boolean more = copiesSent ? cursor.isCompared() : cursor.nextCompared();
    expected = more ? values.live(play.compared(), cursor.payload()) : null;
    in.setPatience(play.patienceNanos(cursor));
    return more;
  }

  private void passed(ByteBuffer frame) throws IOException {
    if (!copiesReceived) {
      return;
    }
    byte[] cut = values.cut(play.compared(), frame);
    values.passed(play.compared(), cursor.payload(), cut);
    try {
      handover.put(cut, cursor.comparedSoFar() - 1);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while the replies lag behind");
    }
  }

  private boolean differs(Kind kind, ByteBuffer frame) {
    if (frame != null) {
      byte[] found = new byte[frame.remaining()];
      frame.get(found);
      departure = new Departure(kind, found, null);
    }
    return false;
  }

  /** Waits for the other side's next frame; null when there is none. */
  private ByteBuffer receive() {
    try {
      ByteBuffer frame = frames.lend();
      if (frame == null) {
        departure = Departure.without(Kind.EARLY_END, play.peer() + "'s end");
      }
      return frame;
    } catch (FrameException e) {
      departure = Departure.without(Kind.BAD_FRAME, "a bad frame: " + e.getMessage());
    } catch (PatientInput.NothingCame e) {
      departure = Departure.without(Kind.NOTHING_CAME, e.getMessage());
    } catch (IOException e) {
      departure = Departure.without(Kind.CONNECTION_LOST, play.peer() + " gone: " + e.getMessage());
      reset = true;
    }
    return null;
  }

  Cursor cursor() {
    return cursor;
  }

  /** The entry that is expected, as it has to be live; null at the recording's end. */
  Entry expected() throws IOException {
    if (expected == null) {
      return null;
    }
    byte[] payload = new byte[expected.remaining()];
    expected.duplicate().get(payload);
    return new Entry(cursor.elapsedMicros(), cursor.direction(), payload);
  }

  /** What came in the place of the entry. */
  Departure departure() {
    return departure;
  }

  /** Whether the connection broke, rather than that it ended. */
  boolean wasReset() {
    return reset;
  }

  /** Whether all entries that are compared were matched. */
  boolean hasMatchedAll() {
    return allMatched;
  }

  /** How many were matched. */
  long matched() {
    return matched;
  }
}
