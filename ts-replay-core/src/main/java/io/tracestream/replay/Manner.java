package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.time.Duration;

/**
 * How recordings are played, whichever.
 *
 * @param compared the direction of the frames that the other side sends
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what is not compared
 * @param patience for how long nothing may come while a frame is owed; null for ever
 */
record Manner(
    Direction compared, FrameFormat format, Timing timing, Rules rules, Duration patience) {

  /** What the other side is called. */
  String peer() {
    return compared == Direction.C2S ? "the client" : "the target";
  }

  /** The play of that recording. */
  Play of(Recording recording) {
    return new Play(recording, compared, format, timing, rules, patience);
  }
}
