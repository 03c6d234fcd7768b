package io.tracestream.proxy;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.FrameObserver;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.Redaction;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Proxy} does. Immutable: each {@code with} method returns a changed copy. */
public final class ProxyConfig implements Cloneable {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  // Set only before the object is published.
  private final InetSocketAddress listen;
  private final InetSocketAddress target;
  private FrameFormat format = FrameFormat.DEFAULT;
  private @Nullable Path recording;
  private @Nullable RecordingDirectoryConfig recordingDirectory;
  private boolean namesFraming;
  private @Nullable Redaction redaction;
  private boolean flushRecording;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private @Nullable Duration idleTimeout;
  private long maxConnections;
  private @Nullable Faults faults;
  private @Nullable ServerTls listenTls;
  private @Nullable ClientTls targetTls;
  private ProxyListener listener = ProxyListener.NONE;
  private @Nullable FrameObserver observer;

  private ProxyConfig(InetSocketAddress listen, InetSocketAddress target) {
    this.listen = Objects.requireNonNull(listen, "listen");
    this.target = Objects.requireNonNull(target, "target");
    if (target.getPort() == 0) {
      throw new IllegalArgumentException("target: found port 0, expected 1 to 65535");
    }
  }

  /**
   * A proxy of {@link FrameFormat#DEFAULT} frames that records nothing, waits up to 10 s for a
   * target to accept, and serves any number of clients for any time.
   *
   * @param listen where clients connect; port 0 takes a free port
   * @param target where to connect for each client. An unresolved name is resolved again for each
   *     client, subject to the JVM's own cache of names, and all of its addresses are tried
   * @return the configuration
   * @throws IllegalArgumentException if the target has no port
   */
  public static ProxyConfig of(InetSocketAddress listen, InetSocketAddress target) {
    return new ProxyConfig(listen, target);
  }

  private ProxyConfig with(Consumer<ProxyConfig> change) {
    try {
      ProxyConfig copy = (ProxyConfig) clone();
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
  public ProxyConfig withFormat(FrameFormat other) {
    Objects.requireNonNull(other, "format");
    return with(copy -> copy.format = other);
  }

  /**
   * This, with a recording of one client at a time.
   *
   * @param file the file to record to, instead of any folder; or null for none. An earlier
   *     recording is replaced, any other file is refused
   * @return the changed copy
   */
  public ProxyConfig withRecording(Path file) {
    return with(copy -> {
      copy.recording = file;
      copy.recordingDirectory = null;
    });
  }

  /**
   * This, with a recording of each connection.
   *
   * @param directory the folder to record to, instead of any file
   * @return the changed copy
   */
  public ProxyConfig withRecordingDirectory(Path directory) {
    return withRecordingDirectory(RecordingDirectoryConfig.of(directory));
  }

  /**
   * This, with a recording of each connection.
   *
   * @param directory the folder to record to, and how, instead of any file; or null for none
   * @return the changed copy
   */
  public ProxyConfig withRecordingDirectory(RecordingDirectoryConfig directory) {
    return with(copy -> {
      copy.recording = null;
      copy.recordingDirectory = directory;
    });
  }

  /**
   * Sets whether recordings name the framing of their frames in a comment, so that a replay can
   * take it from there. They always do if it is more than a length of N bytes before each payload.
   *
   * @param names whether to name it in any case
   * @return the changed copy
   */
  public ProxyConfig withFramingNamed(boolean names) {
    return with(copy -> copy.namesFraming = names);
  }

  /**
   * This, with bytes that are replaced in recordings, never in what is forwarded.
   *
   * @param other replaces them, such as {@code RedactedFields} of {@code ts-rules}; null to record
   *     frames as they are. Its fields are named in each recording
   * @return the changed copy
   */
  public ProxyConfig withRedaction(@Nullable Redaction other) {
    return with(copy -> copy.redaction = other);
  }

  /**
   * This, with or without flushing each frame.
   *
   * @param flush true to write each frame to the file before any peer receives it; false to keep
   *     lines in memory until a buffer is full, the connection ends or a second has passed
   * @return the changed copy
   */
  public ProxyConfig withFlushRecording(boolean flush) {
    return with(copy -> copy.flushRecording = flush);
  }

  /**
   * This, with another time-out for connecting to the target.
   *
   * @param timeout how long resolving and connecting may take, 1 ms to 1 day
   * @return the changed copy
   * @throws IllegalArgumentException if it is out of that range
   */
  public ProxyConfig withConnectTimeout(Duration timeout) {
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "connectTimeout: found " + timeout + ", expected " + SHORTEST + " to " + LONGEST);
    }
    return with(copy -> copy.connectTimeout = timeout);
  }

  /**
   * This, with a time-out for idle connections, which are closed.
   *
   * @param timeout how long nothing may pass in either direction, above 0; checked once a second.
   *     Null for no time-out
   * @return the changed copy
   * @throws IllegalArgumentException if it is not above 0
   */
  public ProxyConfig withIdleTimeout(Duration timeout) {
    if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
      throw new IllegalArgumentException(
          "idleTimeout: found " + timeout + ", expected more than 0");
    }
    return with(copy -> copy.idleTimeout = timeout);
  }

  /**
   * This, with a limit of clients.
   *
   * @param most how many may be connected at a time; further ones wait until one of these is gone.
   *     0 for any number
   * @return the changed copy
   * @throws IllegalArgumentException if it is below 0
   */
  public ProxyConfig withMaxConnections(long most) {
    if (most < 0) {
      throw new IllegalArgumentException("maxConnections: found " + most + ", expected 0 or more");
    }
    return with(copy -> copy.maxConnections = most);
  }

  /**
   * This, with faults that are done to frames where they are sent, never in recordings.
   *
   * @param other the faults, which may be changed while the proxy runs; null for none ever
   * @return the changed copy
   */
  public ProxyConfig withFaults(@Nullable Faults other) {
    return with(copy -> copy.faults = other);
  }

  /**
   * This, with TLS on the side of the clients.
   *
   * @param tls how to speak TLS with clients; null for plain connections
   * @return the changed copy
   */
  public ProxyConfig withListenTls(@Nullable ServerTls tls) {
    return with(copy -> copy.listenTls = tls);
  }

  /**
   * This, with TLS on the side of the target. If clients speak TLS, too, the target is offered the
   * application protocols that each of them offers, and its choice is passed on.
   *
   * @param tls how to speak TLS with the target; null for plain connections
   * @return the changed copy
   */
  public ProxyConfig withTargetTls(@Nullable ClientTls tls) {
    return with(copy -> copy.targetTls = tls);
  }

  /**
   * This, with another listener.
   *
   * @param other called about each connection
   * @return the changed copy
   */
  public ProxyConfig withListener(ProxyListener other) {
    Objects.requireNonNull(other, "listener");
    return with(copy -> copy.listener = other);
  }

  /**
   * This, with an observer of frames.
   *
   * @param other sees each frame before it is forwarded, on event loops; null for none
   * @return the changed copy
   */
  public ProxyConfig withObserver(@Nullable FrameObserver other) {
    return with(copy -> copy.observer = other);
  }

  /**
   * Where clients connect.
   *
   * @return the address, possibly with port 0
   */
  public InetSocketAddress listen() {
    return listen;
  }

  /**
   * Where to connect for each client.
   *
   * @return the address, possibly unresolved
   */
  public InetSocketAddress target() {
    return target;
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
   * The file to record to.
   *
   * @return the file; null if there is none
   */
  public @Nullable Path recording() {
    return recording;
  }

  /**
   * The folder to record to.
   *
   * @return the folder, and how to record; null if there is none
   */
  public @Nullable RecordingDirectoryConfig recordingDirectory() {
    return recordingDirectory;
  }

  /** The framing that recordings name; null for none. */
  @Nullable
  Framing namedFraming() {
    return namesFraming || !format.framing().isPlain() ? format.framing() : null;
  }

  /**
   * What replaces bytes in recordings.
   *
   * @return see {@link #withRedaction}; null if frames are recorded as they are
   */
  public @Nullable Redaction redaction() {
    return redaction;
  }

  /**
   * Whether each frame is written to the file before any peer receives it.
   *
   * @return see {@link #withFlushRecording}
   */
  public boolean flushRecording() {
    return flushRecording;
  }

  /**
   * How long resolving and connecting to the target may take.
   *
   * @return 1 ms to 1 day
   */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /**
   * How long nothing may pass on a connection.
   *
   * @return the time; null for no time-out
   */
  public @Nullable Duration idleTimeout() {
    return idleTimeout;
  }

  /**
   * How many clients may be connected at a time.
   *
   * @return the number; 0 for any
   */
  public long maxConnections() {
    return maxConnections;
  }

  /**
   * What is done to frames where they are sent.
   *
   * @return see {@link #withFaults}; null for nothing
   */
  public @Nullable Faults faults() {
    return faults;
  }

  /**
   * How to speak TLS with clients.
   *
   * @return null for plain connections
   */
  public @Nullable ServerTls listenTls() {
    return listenTls;
  }

  /**
   * How to speak TLS with the target.
   *
   * @return null for plain connections
   */
  public @Nullable ClientTls targetTls() {
    return targetTls;
  }

  /**
   * The listener that is called about each connection.
   *
   * @return the listener
   */
  public ProxyListener listener() {
    return listener;
  }

  /**
   * What sees each frame.
   *
   * @return the observer; null if there is none
   */
  public @Nullable FrameObserver observer() {
    return observer;
  }
}
