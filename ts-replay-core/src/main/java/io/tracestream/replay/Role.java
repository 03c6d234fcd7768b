package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The side of a conversation that we play, and how: the server's to clients, or the client's to a
 * target. Immutable.
 *
 * @param compared the direction of the frames that the other side sends
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what may vary
 * @param patience for how long nothing may come while a frame is owed; null for ever
 * @param comparer compares the other side's frames
 * @param fieldsFromReceived what is copied from frames that come
 * @param fieldsIntoSent where values go in frames that we send
 */
record Role(
    Direction compared,
    FrameFormat format,
    Timing timing,
    Rules rules,
    Duration patience,
    Comparer comparer,
    List<Field> fieldsFromReceived,
    List<Field> fieldsIntoSent) {

  static Role server(ReplayConfig config) {
    return of(
        Direction.C2S, config.format(), config.timing(), config.rules(), config.idleTimeout());
  }

  static Role client(VerifyConfig config) {
    return of(
        Direction.S2C, config.format(), config.timing(), config.rules(), config.replyTimeout());
  }

  private static Role of(
      Direction compared, FrameFormat format, Timing timing, Rules rules, Duration patience) {
    List<Field> fromReceived = new ArrayList<>();
    List<Field> intoSent = new ArrayList<>();
    for (Copy copy : rules.copied()) {
      if (copy.from().direction() == compared) {
        fromReceived.add(copy.from());
        intoSent.add(copy.to());
      }
    }
    return new Role(
        compared,
        format,
        timing,
        rules,
        patience,
        new Comparer(rules, compared),
        List.copyOf(fromReceived),
        List.copyOf(intoSent));
  }

  /** Whether any value is copied. */
  boolean copies() {
    return !rules.copied().isEmpty();
  }

  /** The direction of the frames that we send. */
  Direction sent() {
    return compared.opposite();
  }

  /** What the other side is called. */
  String peer() {
    return compared == Direction.C2S ? "the client" : "the target";
  }

  /** The pause before that entry. */
  long pauseNanos(Cursor at) throws IOException {
    return timing.pauseNanos(at.elapsedBefore(), at.elapsedMicros());
  }
}
