package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link ReplayServer} is to do. Immutable.
 *
 * @param listen where clients connect; port 0 takes a free one
 * @param recording the file to play
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
    Path recording,
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
   * @param recording the file to play
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
    Objects.requireNonNull(recording, "recording");
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
   * A replay of {@link FrameFormat#DEFAULT} frames with {@link Timing#ORIGINAL}, without rules, to
   * any number of connections, that says in the log how they ended.
   *
   * @param listen where clients connect
   * @param recording the file to play
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, Path recording) {
    return new ReplayConfig(
        listen,
        recording,
        FrameFormat.DEFAULT,
        Timing.ORIGINAL,
        Rules.NONE,
        null,
        0,
        SessionListener.LOGGING);
  }
  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public ReplayConfig withFormat(FrameFormat other) {
    return new ReplayConfig(
        listen, recording, other, timing, rules, idleTimeout, connections, listener);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public ReplayConfig withTiming(Timing other) {
    return new ReplayConfig(
        listen, recording, format, other, rules, idleTimeout, connections, listener);
  }

  /**
   * This, with other rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public ReplayConfig withRules(Rules other) {
    return new ReplayConfig(
        listen, recording, format, timing, other, idleTimeout, connections, listener);
  }

  /**
   * This, with another time-out.
   *
   * @param other for how long nothing may come, above 0; null for ever
   * @return the changed copy
   */
  public ReplayConfig withIdleTimeout(Duration other) {
    return new ReplayConfig(listen, recording, format, timing, rules, other, connections, listener);
  }

  /**
   * This, with another count of connections.
   *
   * @param other after how many no more are accepted; 0 for never
   * @return the changed copy
   */
  public ReplayConfig withConnections(long other) {
    return new ReplayConfig(listen, recording, format, timing, rules, idleTimeout, other, listener);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each session
   * @return the changed copy
   */
  public ReplayConfig withListener(SessionListener other) {
    return new ReplayConfig(
        listen, recording, format, timing, rules, idleTimeout, connections, other);
  }
}
