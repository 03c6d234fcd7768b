package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What a {@link Verifier} is to do. Immutable: each {@code with} gives a changed copy. */
public final class VerifyConfig implements Cloneable {
  // Set before anybody else sees the object, and never again.
  private final InetSocketAddress target;
  private final List<Conversation> conversations;
  private FrameFormat format = FrameFormat.DEFAULT;
  private Timing timing = Timing.ORIGINAL;
  private Rules rules = Rules.NONE;
  private Duration replyTimeout = Duration.ofSeconds(10);
  private SessionListener listener = SessionListener.LOGGING;

  private VerifyConfig(InetSocketAddress target, List<Conversation> conversations) {
    this.target = Objects.requireNonNull(target, "target");
    this.conversations = Role.requireSome(conversations);
  }

  /**
   * A verification by one file, of {@link FrameFormat#DEFAULT} frames with {@link Timing#ORIGINAL},
   * without rules, that waits ten seconds for a reply and says in the log how it ended.
   *
   * @param target the server to verify; a name that is left unresolved is looked up anew for each
   *     connection
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
   * @param conversations what the client said, one at least; each is played on a connection of its
   *     own, one after the other
   * @return the configuration
   */
  public static VerifyConfig of(InetSocketAddress target, List<Conversation> conversations) {
    return new VerifyConfig(target, conversations);
  }

  private VerifyConfig with(Consumer<VerifyConfig> change) {
    try {
      VerifyConfig copy = (VerifyConfig) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public VerifyConfig withFormat(FrameFormat other) {
    Objects.requireNonNull(other, "format");
    return with(copy -> copy.format = other);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public VerifyConfig withTiming(Timing other) {
    Objects.requireNonNull(other, "timing");
    return with(copy -> copy.timing = other);
  }

  /**
   * This, with other rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public VerifyConfig withRules(Rules other) {
    Objects.requireNonNull(other, "rules");
    return with(copy -> copy.rules = other);
  }

  /**
   * This, with another time-out.
   *
   * @param other for how long nothing may come from the target while it owes a frame, beyond the
   *     pause that it made when it was recorded; and how long connecting may take. Above 0
   * @return the changed copy
   * @throws IllegalArgumentException when it is not above 0
   */
  public VerifyConfig withReplyTimeout(Duration other) {
    Objects.requireNonNull(other, "replyTimeout");
    Role.requirePatience("replyTimeout", other);
    return with(copy -> copy.replyTimeout = other);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each session
   * @return the changed copy
   */
  public VerifyConfig withListener(SessionListener other) {
    Objects.requireNonNull(other, "listener");
    return with(copy -> copy.listener = other);
  }

  /**
   * The server to verify.
   *
   * @return its address
   */
  public InetSocketAddress target() {
    return target;
  }

  /**
   * What the client that is played said.
   *
   * @return one conversation at least
   */
  public List<Conversation> conversations() {
    return conversations;
  }

  /**
   * The frames of both directions.
   *
   * @return their format
   */
  public FrameFormat format() {
    return format;
  }

  /**
   * When entries are sent.
   *
   * @return the timing
   */
  public Timing timing() {
    return timing;
  }

  /**
   * What may vary in frames.
   *
   * @return the rules
   */
  public Rules rules() {
    return rules;
  }

  /**
   * For how long nothing may come from the target while it owes a frame, beyond its recorded pause.
   *
   * @return above 0
   */
  public Duration replyTimeout() {
    return replyTimeout;
  }

  /**
   * Who is told of each session.
   *
   * @return the listener
   */
  public SessionListener listener() {
    return listener;
  }
}
