package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.time.Duration;
import java.util.List;

/**
 * How a recording is played, whichever side of it we are: as the server to a client, or as the
 * client to a target.
 *
 * @param recording what is played
 * @param compared the direction of the frames that the other side sends
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what is not compared
 * @param patience for how long nothing may come while a frame is owed; null for ever
 */
record Play(
    Recording recording,
    Direction compared,
    FrameFormat format,
    Timing timing,
    Rules rules,
    Duration patience) {

  /** Refuses a time-out that is none. */
  static void requirePatience(String name, Duration patience) {
    if (patience != null && (patience.isNegative() || patience.isZero())) {
      throw new IllegalArgumentException(name + ": found " + patience + ", expected more than 0");
    }
  }

  /** Refuses no conversations; gives a list of its own. */
  static List<Conversation> requireSome(List<Conversation> conversations) {
    if (conversations.isEmpty()) {
      throw new IllegalArgumentException("conversations: found none, expected one at least");
    }
    return List.copyOf(conversations);
  }

  /** What the other side is called. */
  String peer() {
    return compared == Direction.C2S ? "the client" : "the target";
  }

  /** For how long nothing may come in the place of the entry at hand, in nanoseconds. */
  long patienceNanos(Cursor at) {
    if (patience == null) {
      return Long.MAX_VALUE;
    }
    // A target that took its time when it was recorded may take it again.
    long pause = compared == Direction.S2C && at.line() > 0
        ? timing.pauseNanos(at.elapsedBefore(), at.elapsedMicros())
        : 0;
    return Timing.nanos(patience) + pause;
  }

  /** The direction of the frames that we send. */
  Direction sent() {
    return compared == Direction.C2S ? Direction.S2C : Direction.C2S;
  }

  /** A cursor of its own, from the top. */
  Cursor cursor() {
    return new Cursor(recording, compared);
  }

  /** Where that cursor is. */
  Place place(Cursor at) {
    Direction direction = at.line() > 0 ? at.direction() : compared;
    return new Place(at.fileName(), direction, at.number(), 0, at.line());
  }
}
