package io.tracestream.proxy;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.RecordingDirectoryConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link Proxy} is to do. Immutable.
 *
 * @param listen where clients connect; port 0 takes a free one
 * @param target where to connect for each client. A name that is left unresolved is resolved anew
 *     for each client, and all its addresses are tried
 * @param format the frames of both directions
 * @param recording the file to record to, or null. An earlier recording is replaced, any other file
 *     refused. While recording, one client is served at a time
 * @param recordingDirectory the folder to record to, or null. Any number of clients are served, and
 *     each has a file of its own
 * @param flushRecording true to have each frame in the file before any peer receives it; false to
 *     leave lines in memory until a buffer is full, the connection ends or a second has passed
 * @param connectTimeout how long resolving and connecting to the target may take, 1 ms to 1 day
 * @param listener is told of each connection
 */
public record ProxyConfig(
    InetSocketAddress listen,
    InetSocketAddress target,
    FrameFormat format,
    Path recording,
    RecordingDirectoryConfig recordingDirectory,
    boolean flushRecording,
    Duration connectTimeout,
    ProxyListener listener) {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * Checks what can be checked before the start.
   *
   * @param listen where clients connect
   * @param target where to connect for each client
   * @param format the frames of both directions
   * @param recording the file to record to, or null
   * @param recordingDirectory the folder to record to, or null
   * @param flushRecording true to have each frame in the file before any peer receives it
   * @param connectTimeout how long resolving and connecting may take
   * @param listener is told of each connection
   * @throws IllegalArgumentException when a value cannot work; the message names it
   */
  public ProxyConfig {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(format, "format");
    if (target.getPort() == 0) {
      throw new IllegalArgumentException("target: found port 0, expected 1 to 65535");
    }
    if (recording != null && recordingDirectory != null) {
      throw new IllegalArgumentException(
          "recording: found both a file and a folder, expected one of them");
    }
    Objects.requireNonNull(connectTimeout, "connectTimeout");
    if (connectTimeout.compareTo(SHORTEST) < 0 || connectTimeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "connectTimeout: found " + connectTimeout + ", expected " + SHORTEST + " to " + LONGEST);
    }
    Objects.requireNonNull(listener, "listener");
  }

  /**
   * A proxy of {@link FrameFormat#DEFAULT} frames that records nothing and gives a target 10 s to
   * accept.
   *
   * @param listen where clients connect
   * @param target where to connect for each client
   * @return the configuration
   */
  public static ProxyConfig of(InetSocketAddress listen, InetSocketAddress target) {
    return new ProxyConfig(
        listen,
        target,
        FrameFormat.DEFAULT,
        null,
        null,
        false,
        Duration.ofSeconds(10),
        ProxyListener.NONE);
  }

  /**
   * This, with other frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public ProxyConfig withFormat(FrameFormat other) {
    return new ProxyConfig(
        listen,
        target,
        other,
        recording,
        recordingDirectory,
        flushRecording,
        connectTimeout,
        listener);
  }

  /**
   * This, with a recording of one client at a time.
   *
   * @param file the file to record to, in the place of any folder; or null for none
   * @return the changed copy
   */
  public ProxyConfig withRecording(Path file) {
    return new ProxyConfig(
        listen, target, format, file, null, flushRecording, connectTimeout, listener);
  }

  /**
   * This, with a recording of each connection.
   *
   * @param directory the folder to record to, in the place of any file
   * @return the changed copy
   */
  public ProxyConfig withRecordingDirectory(Path directory) {
    return withRecordingDirectory(RecordingDirectoryConfig.of(directory));
  }

  /**
   * This, with a recording of each connection.
   *
   * @param directory the folder to record to and how, in the place of any file; or null for none
   * @return the changed copy
   */
  public ProxyConfig withRecordingDirectory(RecordingDirectoryConfig directory) {
    return new ProxyConfig(
        listen, target, format, null, directory, flushRecording, connectTimeout, listener);
  }

  /**
   * This, with or without flushing each frame.
   *
   * @param flush see {@link #flushRecording()}
   * @return the changed copy
   */
  public ProxyConfig withFlushRecording(boolean flush) {
    return new ProxyConfig(
        listen, target, format, recording, recordingDirectory, flush, connectTimeout, listener);
  }

  /**
   * This, with another patience for the target.
   *
   * @param timeout see {@link #connectTimeout()}
   * @return the changed copy
   */
  public ProxyConfig withConnectTimeout(Duration timeout) {
    return new ProxyConfig(
        listen, target, format, recording, recordingDirectory, flushRecording, timeout, listener);
  }

  /**
   * This, with another listener.
   *
   * @param other is told of each connection
   * @return the changed copy
   */
  public ProxyConfig withListener(ProxyListener other) {
    return new ProxyConfig(
        listen,
        target,
        format,
        recording,
        recordingDirectory,
        flushRecording,
        connectTimeout,
        other);
  }
}
