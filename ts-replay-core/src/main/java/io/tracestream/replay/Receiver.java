package io.tracestream.replay;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameReader;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Comparer;
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
  /** Whether values are copied from the frames that come. */
  private final boolean copiesReceived;

  private final Candidates candidates;
  /** What is played, as far as is known: at the entry that is expected. */
  private Candidate front;
  /** Whether there is one. */
  private boolean more;

  private final PatientInput in;
  private final FrameReader frames;
  private Departure departure;
  private boolean reset;
  private boolean allMatched;
  private long matched;

  Receiver(Candidates candidates, Progress progress, Handover handover, Socket socket)
      throws IOException {
    this.candidates = candidates;
    this.front = candidates.front();
    this.play = front.play();
    this.progress = progress;
    this.handover = handover;
    this.comparer = new Comparer(play.rules(), play.compared());
    this.copiesReceived = new LiveValues(play.rules()).comeFrom(play.compared());
    this.in = new PatientInput(socket, progress);
    this.frames = new FrameReader(in, play.format());
  }

  /** Goes to the first entry that is compared; before anything is sent. */
  void begin() throws IOException {
    more = next();
  }

  /**
   * Compares to the end of both; false when they differ: then {@link #departure} says what came in
   * the place of the entry that {@link #front} is at.
   *
   * @throws IOException when the recording is damaged
   */
  boolean run() throws IOException {
    while (more) {
      ByteBuffer frame = receive();
      if (frame == null && departure.kind() == Kind.EARLY_END && candidates.endHere()) {
        front = candidates.front();
        progress.redirect();
        break;
      }
      if (frame == null || !candidates.narrow(frame, comparer)) {
        return differs(Kind.DIFFERENT_FRAME, frame);
      }
      matched++;
      passed(frame);
      // To tell the sender costs more than to compare a small frame. While there is a choice it
      // waits for what follows from this frame.
      if (candidates.isSettled() && !frames.ready()) {
        progress.matched(matched);
      }
      more = next();
    }
    progress.matched(matched);
    allMatched = true;
    ByteBuffer extra = departure == null ? receive() : null;
    boolean over = extra == null && (departure.kind() == Kind.EARLY_END || reset);
    return over || differs(Kind.EXTRA_FRAME, extra);
  }

  /** Goes to the next entry that is compared; false at the recording's end. */
  private boolean next() throws IOException {
    boolean settled = candidates.isSettled();
    boolean more = candidates.next();
    front = candidates.front();
    in.setPatience(front.play().patienceNanos(front.cursor()));
    if (!settled) {
      progress.matched(matched);
    }
    return more;
  }

  private void passed(ByteBuffer frame) throws IOException {
    if (!copiesReceived) {
      return;
    }
    try {
      handover.put(candidates.passed(frame), matched - 1);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while the replies lag behind");
    }
  }

  private boolean differs(Kind kind, ByteBuffer frame) {
    front = candidates.nearest(frame, comparer);
    if (candidates.areAllTaken()) {
      departure = Departure.without(
          Kind.EXTRA_CONNECTION,
          "a connection too many: all conversations that agree with it are played to others");
    } else if (frame != null) {
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

  /** What is played, or came nearest to what the other side sent: at the entry that is expected. */
  Candidate front() {
    return front;
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
