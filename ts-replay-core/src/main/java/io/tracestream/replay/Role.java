package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.recording.FrameObserver;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.RedactedFields;
import io.tracestream.rules.RuleUse;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side of a conversation that we play, and how: the server's to clients, or the client's to a
 * target. Immutable.
 *
 * @param received the direction of the frames that the other side sends
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what may vary, and what was redacted when it was recorded
 * @param use which of the rules had an effect
 * @param rewriter computes payloads; null for none
 * @param observer sees each frame; null for none
 * @param patience for how long nothing may come while a frame is owed, in nanoseconds; 0 for no
 *     limit
 * @param comparer compares the other side's frames
 * @param comparerOfSent knows where the fields of ours are
 * @param fieldsFromReceived what is copied from frames that come
 * @param fieldsIntoSent where values go in frames that we send
 * @param anyOrder whether replies that copies tie to their requests may come in any order
 * @param otherOrder what may help if replies come in another order; null for nothing
 * @param atEnd whether a server closes the connection after the last entry
 */
record Role(
    Direction received,
    FrameFormat format,
    Timing timing,
    Rules rules,
    RuleUse use,
    @Nullable FrameRewriter rewriter,
    @Nullable FrameObserver observer,
    long patience,
    Comparer comparer,
    Comparer comparerOfSent,
    List<Field> fieldsFromReceived,
    List<Field> fieldsIntoSent,
    boolean anyOrder,
    @Nullable Hint otherOrder,
    AtEnd atEnd) {

  static Role server(ReplayConfig config) throws IOException {
    return of(Direction.C2S, config, config.idleTimeout(), null);
  }

  static Role client(VerifyConfig config) throws IOException {
    return of(Direction.S2C, config, config.replyTimeout(), config.order());
  }

  static Role client(LoadConfig config) throws IOException {
    return of(Direction.S2C, config, config.replyTimeout(), Order.ANY);
  }

  private static Role of(
      Direction received, PlayConfig<?> config, @Nullable Duration patience, @Nullable Order order)
      throws IOException {
    Rules rules = config.rules().plus(redacted(config));
    List<Field> fromReceived = new ArrayList<>();
    List<Field> intoSent = new ArrayList<>();
    boolean tied = false;
    for (Copy copy : rules.copied()) {
      if (copy.from().direction() == received) {
        fromReceived.add(copy.from());
        intoSent.add(copy.to());
      } else {
        tied = true;
      }
    }
    return new Role(
        received,
        config.format(),
        config.timing(),
        rules,
        new RuleUse(rules, received),
        config.rewriter(),
        config.observer(),
        patience == null ? 0 : Timing.nanos(patience),
        new Comparer(rules, received),
        new Comparer(rules, received.opposite()),
        List.copyOf(fromReceived),
        List.copyOf(intoSent),
        order == Order.ANY && tied,
        otherOrder(order, tied),
        config instanceof ReplayConfig replay ? replay.atEnd() : AtEnd.AS_RECORDED);
  }

  /** The same for one client of several, which share no values. */
  Role ofOneClient() {
    RuleUse its = use.ofOneClient();
    return its == use
        ? this
        : new Role(
            received,
            format,
            timing,
            rules,
            its,
            rewriter,
            observer,
            patience,
            comparer,
            comparerOfSent,
            fieldsFromReceived,
            fieldsIntoSent,
            anyOrder,
            otherOrder,
            atEnd);
  }

  /** Holds back an interrupt, which would close the file being read. */
  private static Rules redacted(PlayConfig<?> config) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return RedactedFields.in(config.conversations(), config.format().longestPayload());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static @Nullable Hint otherOrder(@Nullable Order order, boolean tied) {
    if (order == Order.ANY) {
      return tied ? null : Hint.TIE_REPLIES;
    }
    return order == Order.STRICT && tied ? Hint.ANY_ORDER : null;
  }

  /** Whether any value is copied. */
  boolean copies() {
    return !rules.copied().isEmpty();
  }

  /** Whether bytes may be needed of frames that equal the recorded ones. */
  boolean needsWholeFrames() {
    return copies() || rewriter != null || use.allowsAny();
  }

  /** Whether frames of ours may not be as they were recorded. */
  boolean changesSent() {
    return copies() || rewriter != null;
  }

  /** For what is kept of frames of ours until they are sent. */
  Cuts cutsOfSent() {
    return rewriter != null
        ? Cuts.ofWholePayloads()
        : new Cuts(fieldsIntoSent, comparerOfSent::valueInLive, comparerOfSent::follow);
  }

  /** The direction of the frames that we send. */
  Direction sent() {
    return received.opposite();
  }

  /** Whether we play the client's side. */
  boolean isClient() {
    return received == Direction.S2C;
  }

  /** What the other side is called. */
  String peer() {
    return isClient() ? "the target" : "the client";
  }

  /** The pause before that entry. */
  long pauseNanos(Cursor at) throws IOException {
    return timing.pauseNanos(at.elapsedBefore(), at.elapsedMicros());
  }
}
