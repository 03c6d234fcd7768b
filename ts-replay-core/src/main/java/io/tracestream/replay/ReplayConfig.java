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
 * What a {@link ReplayServer} is to do. Immutable.
 *
 * @param listen where clients connect; port 0 takes a free one
 * @param conversations what is played, one at least
 * @param selection which of them a connection plays
 * @param repeat whether they start over when all were begun
 * @param format the frames of both directions
 * @param timing when entries are sent
 * @param rules what may vary in frames
 * @param idleTimeout for how long nothing may come from a client while it is its turn, above 0;
 *     null for ever
 * @param connections after how many connections no more are accepted, 1 or more; 0 for never
 * @param listener is told of each session
 */
public record ReplayConfig(
    InetSocketAddress listen,
    List<Conversation> conversations,
    Selection selection,
    boolean repeat,
    FrameFormat format,
    Timing timing,
    Rules rules,
    Duration idleTimeout,
    long connections,
    SessionListener listener) {

  /**
   * Refuses what cannot work.
   *
   * @param listen where clients connect
   * @param conversations what is played, one at least
   * @param selection which of them a connection plays
   * @param repeat whether they start over when all were begun
   * @param format the frames of both directions
   * @param timing when entries are sent
   * @param rules what may vary in frames
   * @param idleTimeout for how long nothing may come; or null
   * @param connections after how many connections no more are accepted; or 0
   * @param listener is told of each session
   * @throws IllegalArgumentException when the time-out is not above 0, or the count is below 0
   */
  public ReplayConfig {
    Objects.requireNonNull(listen, "listen");
    conversations = Play.requireSome(conversations);
    Objects.requireNonNull(selection, "selection");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(timing, "timing");
    Objects.requireNonNull(rules, "rules");
    Objects.requireNonNull(listener, "listener");
    Play.requirePatience("idleTimeout", idleTimeout);
    if (connections < 0) {
      throw new IllegalArgumentException(
          "connections: found " + connections + ", expected 0 or more");
    }
  }

  /**
   * A replay of one file to each connection, of {@link FrameFormat#DEFAULT} frames with
   * {@link Timing#ORIGINAL}, without rules, to any number of connections, that says in the log how
   * they ended.
   *
   * @param listen where clients connect
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
   * @param listen where clients connect
   * @param conversations what is played, one at least: those of a
   *     {@link io.tracestream.recording.RecordingDirectory}, or some in memory
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, List<Conversation> conversations) {
    return new ReplayConfig(
        listen,
        conversations,
        Selection.ORDER,
        false,
        FrameFormat.DEFAULT,
        Timing.ORIGINAL,
        Rules.NONE,
        null,
        0,
        SessionListener.LOGGING);
  }

  /**
   * This, with another way to choose.
   *
   * @param other which conversation a connection plays
   * @return the changed copy
   */
  public ReplayConfig withSelection(Selection other) {
    return new ReplayConfig(
        listen,
        conversations,
        other,
        repeat,
        format,
        timing,
        rules,
        idleTimeout,
        connections,
        listener);
  }

  /**
   * This, repeated or not.
   *
   * @param other whether the conversations start over when all were begun
   * @return the changed copy
   */
  public ReplayConfig withRepeat(boolean other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        other,
        format,
        timing,
        rules,
        idleTimeout,
        connections,
        listener);
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public ReplayConfig withFormat(FrameFormat other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        other,
        timing,
        rules,
        idleTimeout,
        connections,
        listener);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public ReplayConfig withTiming(Timing other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        format,
        other,
        rules,
        idleTimeout,
        connections,
        listener);
  }

  /**
   * This, with other rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public ReplayConfig withRules(Rules other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        format,
        timing,
        other,
        idleTimeout,
        connections,
        listener);
  }

  /**
   * This, with another time-out.
   *
   * @param other for how long nothing may come, above 0; null for ever
   * @return the changed copy
   */
  public ReplayConfig withIdleTimeout(Duration other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        format,
        timing,
        rules,
        other,
        connections,
        listener);
  }

  /**
   * This, with another count of connections.
   *
   * @param other after how many no more are accepted; 0 for never
   * @return the changed copy
   */
  public ReplayConfig withConnections(long other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        format,
        timing,
        rules,
        idleTimeout,
        other,
        listener);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each session
   * @return the changed copy
   */
  public ReplayConfig withListener(SessionListener other) {
    return new ReplayConfig(
        listen,
        conversations,
        selection,
        repeat,
        format,
        timing,
        rules,
        idleTimeout,
        connections,
        other);
  }
}
