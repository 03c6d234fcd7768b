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

/** What a {@link ReplayServer} is to do. Immutable: each {@code with} gives a changed copy. */
public final class ReplayConfig implements Cloneable {
  // Set before anybody else sees the object, and never again.
  private final InetSocketAddress listen;
  private final List<Conversation> conversations;
  private Selection selection = Selection.ORDER;
  private boolean repeat;
  private FrameFormat format = FrameFormat.DEFAULT;
  private Timing timing = Timing.ORIGINAL;
  private Rules rules = Rules.NONE;
  private Duration idleTimeout;
  private long connections;
  private SessionListener listener = SessionListener.LOGGING;

  private ReplayConfig(InetSocketAddress listen, List<Conversation> conversations) {
    this.listen = Objects.requireNonNull(listen, "listen");
    this.conversations = Role.requireSome(conversations);
  }

  /**
   * A replay of one file to each connection, of {@link FrameFormat#DEFAULT} frames with
   * {@link Timing#ORIGINAL}, without rules, to any number of connections, that says in the log how
   * they ended.
   *
   * @param listen where clients connect; port 0 takes a free one
   * @param recording the file to play
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, Path recording) {
    return of(listen, List.of(Conversation.of(recording))).withRepeat(true);
  }

  /**
   * A replay of one conversation after the other, the next one to each connection, and else as
   * {@link #of(InetSocketAddress, Path)}.
   *
   * @param listen where clients connect; port 0 takes a free one
   * @param conversations what is played, one at least: those of a
   *     {@link io.tracestream.recording.RecordingDirectory}, or some in memory
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, List<Conversation> conversations) {
    return new ReplayConfig(listen, conversations);
  }

  private ReplayConfig with(Consumer<ReplayConfig> change) {
    try {
      ReplayConfig copy = (ReplayConfig) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * This, with another way to choose.
   *
   * @param other which conversation a connection plays
   * @return the changed copy
   */
  public ReplayConfig withSelection(Selection other) {
    Objects.requireNonNull(other, "selection");
    return with(copy -> copy.selection = other);
  }

  /**
   * This, repeated or not.
   *
   * @param other whether the conversations start over when all were begun
   * @return the changed copy
   */
  public ReplayConfig withRepeat(boolean other) {
    return with(copy -> copy.repeat = other);
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public ReplayConfig withFormat(FrameFormat other) {
    Objects.requireNonNull(other, "format");
    return with(copy -> copy.format = other);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public ReplayConfig withTiming(Timing other) {
    Objects.requireNonNull(other, "timing");
    return with(copy -> copy.timing = other);
  }

  /**
   * This, with other rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public ReplayConfig withRules(Rules other) {
    Objects.requireNonNull(other, "rules");
    return with(copy -> copy.rules = other);
  }

  /**
   * This, with another time-out.
   *
   * @param other for how long nothing may come from a client while it is its turn, above 0; null
   *     for ever
   * @return the changed copy
   * @throws IllegalArgumentException when it is not above 0
   */
  public ReplayConfig withIdleTimeout(Duration other) {
    Role.requirePatience("idleTimeout", other);
    return with(copy -> copy.idleTimeout = other);
  }

  /**
   * This, with another count of connections.
   *
   * @param other after how many no more are accepted; 0 for never
   * @return the changed copy
   * @throws IllegalArgumentException when it is below 0
   */
  public ReplayConfig withConnections(long other) {
    if (other < 0) {
      throw new IllegalArgumentException("connections: found " + other + ", expected 0 or more");
    }
    return with(copy -> copy.connections = other);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each session
   * @return the changed copy
   */
  public ReplayConfig withListener(SessionListener other) {
    Objects.requireNonNull(other, "listener");
    return with(copy -> copy.listener = other);
  }

  /**
   * Where clients connect.
   *
   * @return the address; port 0 takes a free one
   */
  public InetSocketAddress listen() {
    return listen;
  }

  /**
   * What is played.
   *
   * @return one conversation at least
   */
  public List<Conversation> conversations() {
    return conversations;
  }

  /**
   * Which of them a connection plays.
   *
   * @return the way to choose
   */
  public Selection selection() {
    return selection;
  }

  /**
   * Whether they start over when all were begun.
   *
   * @return true if they do
   */
  public boolean repeat() {
    return repeat;
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
   * For how long nothing may come from a client while it is its turn.
   *
   * @return above 0; null for ever
   */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /**
   * After how many connections no more are accepted.
   *
   * @return 1 or more; 0 for never
   */
  public long connections() {
    return connections;
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
