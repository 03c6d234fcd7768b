package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link Verifier} is to do. Immutable.
 *
 * @param target the server to verify
 * @param conversations what the client that is played said, one at least; each is played on a
 *     connection of its own, one after the other
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what may vary in frames
 * @param replyTimeout for how long nothing may come from the target while it owes a frame, beyond
 *     the pause that it made when it was recorded; and how long connecting may take. Above 0
 * @param listener is told of the session
 */
public record VerifyConfig(
    InetSocketAddress target,
    List<Conversation> conversations,
    FrameFormat format,
    Timing timing,
    Rules rules,
    Duration replyTimeout,
    SessionListener listener) {

  /**
   * Refuses what cannot work.
   *
   * @param target the server to verify
   * @param conversations what the client that is played said, one at least; each is played on a
   *     connection of its own, one after the other
   * @param format the frames of both directions
   * @param timing when entries are sent
   * @param rules what may vary in frames
   * @param replyTimeout for how long nothing may come
   * @param listener is told of the session
   * @throws IllegalArgumentException when the time-out is not above 0
   */
  public VerifyConfig {
    Objects.requireNonNull(target, "target");
    conversations = Play.requireSome(conversations);
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(timing, "timing");
    Objects.requireNonNull(rules, "rules");
    Objects.requireNonNull(replyTimeout, "replyTimeout");
    Objects.requireNonNull(listener, "listener");
    Play.requirePatience("replyTimeout", replyTimeout);
  }

  /**
   * A verification by one file, of {@link FrameFormat#DEFAULT} frames with {@link Timing#ORIGINAL},
   * without rules, that waits ten seconds for a reply and says in the log how it ended.
   *
   * @param target the server to verify
   * @param recording the file whose client is played
   * @return the configuration
   */
  public static VerifyConfig of(InetSocketAddress target, Path recording) {
    return of(target, List.of(Conversation.of(recording)));
  }

  /**
   * A verification by several conversations, and else as {@link #of(InetSocketAddress, Path)}.
   *
   * @param target the server to verify
   * @param conversations what the client said, one at least
   * @return the configuration
   */
  public static VerifyConfig of(InetSocketAddress target, List<Conversation> conversations) {
    return new VerifyConfig(
        target,
        conversations,
        FrameFormat.DEFAULT,
        Timing.ORIGINAL,
        Rules.NONE,
        Duration.ofSeconds(10),
        SessionListener.LOGGING);
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public VerifyConfig withFormat(FrameFormat other) {
    return new VerifyConfig(target, conversations, other, timing, rules, replyTimeout, listener);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public VerifyConfig withTiming(Timing other) {
    return new VerifyConfig(target, conversations, format, other, rules, replyTimeout, listener);
  }

  /**
   * This, with other rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public VerifyConfig withRules(Rules other) {
    return new VerifyConfig(target, conversations, format, timing, other, replyTimeout, listener);
  }

  /**
   * This, with another time-out.
   *
   * @param other for how long nothing may come, above 0
   * @return the changed copy
   */
  public VerifyConfig withReplyTimeout(Duration other) {
    return new VerifyConfig(target, conversations, format, timing, rules, other, listener);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each session
   * @return the changed copy
   */
  public VerifyConfig withListener(SessionListener other) {
    return new VerifyConfig(target, conversations, format, timing, rules, replyTimeout, other);
  }
}
