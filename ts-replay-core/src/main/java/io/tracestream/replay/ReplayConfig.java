package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a {@link ReplayServer} is to do. Immutable.
 *
 * @param listen where clients connect; port 0 takes a free one
 * @param recording the file to play
 * @param format the frames of both directions
 * @param timing when entries are sent
 */
public record ReplayConfig(
    InetSocketAddress listen, Path recording, FrameFormat format, Timing timing) {

  /**
   * Refuses null.
   *
   * @param listen where clients connect
   * @param recording the file to play
   * @param format the frames of both directions
   * @param timing when entries are sent
   */
  public ReplayConfig {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(recording, "recording");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(timing, "timing");
  }

  /**
   * A replay of {@link FrameFormat#DEFAULT} frames with {@link Timing#ORIGINAL}.
   *
   * @param listen where clients connect
   * @param recording the file to play
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, Path recording) {
    return new ReplayConfig(listen, recording, FrameFormat.DEFAULT, Timing.ORIGINAL);
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public ReplayConfig withFormat(FrameFormat other) {
    return new ReplayConfig(listen, recording, other, timing);
  }

  /**
   * This, with another timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public ReplayConfig withTiming(Timing other) {
    return new ReplayConfig(listen, recording, format, other);
  }
}
