package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ServerTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link ReplayServer} does. Immutable: each {@code with} method returns a changed copy. */
public final class ReplayConfig extends PlayConfig<ReplayConfig> {
  private final InetSocketAddress listen;
  private Selection selection = Selection.ORDER;
  private boolean repeat;
  private AtEnd atEnd = AtEnd.AS_RECORDED;
  private boolean stub;
  private boolean strictUse;
  private @Nullable Duration idleTimeout;
  private long connections;
  private @Nullable Faults faults;
  private @Nullable ServerTls listenTls;

  private ReplayConfig(InetSocketAddress listen, List<Conversation> conversations) {
    super(conversations);
    this.listen = Objects.requireNonNull(listen, "listen");
  }

  /**
   * A replay that plays one file to each of any number of connections: {@link FrameFormat#DEFAULT}
   * frames, {@link Timing#ORIGINAL}, no rules, {@link AtEnd#AS_RECORDED}. Results go to the log.
   *
   * @param listen where clients connect; port 0 takes a free one
   * @param recording the file to play
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, Path recording) {
    return of(listen, List.of(Conversation.of(recording))).withRepeat(true);
  }

  /**
   * A replay that plays the next conversation to each connection, and is otherwise the same as
   * {@link #of(InetSocketAddress, Path)}.
   *
   * @param listen where clients connect; port 0 takes a free one
   * @param conversations what to play, at least one: those of a
   *     {@link io.tracestream.recording.RecordingDirectory}, or some in memory
   * @return the configuration
   */
  public static ReplayConfig of(InetSocketAddress listen, List<Conversation> conversations) {
    return new ReplayConfig(listen, conversations);
  }

  /**
   * Sets how a connection gets its conversation.
   *
   * @param other which conversation a connection plays
   * @return the changed copy
   */
  public ReplayConfig withSelection(Selection other) {
    Objects.requireNonNull(other, "selection");
    return with(copy -> copy.selection = other);
  }

  /**
   * Sets whether to play the conversations again and again.
   *
   * @param other whether to start over once all of them have been begun
   * @return the changed copy
   */
  public ReplayConfig withRepeat(boolean other) {
    return with(copy -> copy.repeat = other);
  }

  /**
   * Sets what happens after the last entry.
   *
   * @param other whether to close the connection then
   * @return the changed copy
   */
  public ReplayConfig withAtEnd(AtEnd other) {
    Objects.requireNonNull(other, "atEnd");
    return with(copy -> copy.atEnd = other);
  }

  /**
   * Sets whether to answer each request by itself: a client may then send the recorded requests in
   * any order and any number of times, on any number of connections.
   *
   * <p>A request gets the replies of the first recorded request that equals it under the rules and
   * that no client has sent yet; when all of them were sent, those of the last one, again and
   * again. Its replies are the frames that a copy ties to it, or else those between it and the next
   * request. Frames that the target of the first conversation sent before the client's first
   * request are sent to each client that connects. A client may end between any two frames; until
   * then its connection stays open, whatever {@link #withAtEnd} says, unless it is idle for longer
   * than {@link #withIdleTimeout}.
   *
   * <p>The recordings are read once at the start. An index takes about 80 bytes of memory for each
   * recorded request, and 100 more for each 2 KiB of payloads. Payloads are kept in up to a quarter
   * of the heap, at most 256 MiB, and are otherwise read from the file when needed; a recording
   * that is compressed with gzip is then decompressed from its beginning each time.
   *
   * @param other whether to answer from all conversations together
   * @return the changed copy
   */
  public ReplayConfig withStub(boolean other) {
    return with(copy -> copy.stub = other);
  }

  /**
   * Sets whether a stub fails when clients leave out recorded requests.
   *
   * @param other whether each recorded request must be used
   * @return the changed copy
   */
  public ReplayConfig withStrictUse(boolean other) {
    return with(copy -> copy.strictUse = other);
  }

  /**
   * Sets which faults are done to the frames that are sent. Those of c2s frames have no effect, as
   * clients send them. A session that a fault cuts short has not differed, see
   * {@link Verdict#faulted}.
   *
   * @param other the faults, which may be changed while the server runs; null for none ever
   * @return the changed copy
   */
  public ReplayConfig withFaults(@Nullable Faults other) {
    return with(copy -> copy.faults = other);
  }

  /**
   * Which faults are done to the frames that are sent.
   *
   * @return see {@link #withFaults}; null for none
   */
  public @Nullable Faults faults() {
    return faults;
  }

  /**
   * Sets for how long a client may be silent.
   *
   * @param other for how long nothing may come from a client while it is its turn, more than 0;
   *     null for no limit
   * @return the changed copy
   * @throws IllegalArgumentException if it is 0 or less
   */
  public ReplayConfig withIdleTimeout(@Nullable Duration other) {
    requirePositive("idleTimeout", other);
    return with(copy -> copy.idleTimeout = other);
  }

  /**
   * Sets how many connections are accepted.
   *
   * @param other after how many to stop accepting; 0 for no limit
   * @return the changed copy
   * @throws IllegalArgumentException if it is less than 0
   */
  public ReplayConfig withConnections(long other) {
    if (other < 0) {
      throw new IllegalArgumentException("connections: found " + other + ", expected 0 or more");
    }
    return with(copy -> copy.connections = other);
  }

  /**
   * Sets how to speak TLS with clients.
   *
   * @param tls null for plain connections
   * @return the changed copy
   */
  public ReplayConfig withListenTls(@Nullable ServerTls tls) {
    return with(copy -> copy.listenTls = tls);
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
   * Which conversation a connection plays.
   *
   * @return the way to choose
   */
  public Selection selection() {
    return selection;
  }

  /**
   * Whether the conversations start over once all of them have been begun.
   *
   * @return true if they do
   */
  public boolean repeat() {
    return repeat;
  }

  /**
   * What happens after the last entry.
   *
   * @return whether to close the connection then
   */
  public AtEnd atEnd() {
    return atEnd;
  }

  /**
   * Whether each request is answered by itself.
   *
   * @return true for a stub
   */
  public boolean stub() {
    return stub;
  }

  /**
   * Whether each recorded request of a stub must be used.
   *
   * @return true if it must
   */
  public boolean strictUse() {
    return strictUse;
  }

  /**
   * For how long nothing may come from a client while it is its turn.
   *
   * @return more than 0; null for no limit
   */
  public @Nullable Duration idleTimeout() {
    return idleTimeout;
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
   * After how many connections to stop accepting.
   *
   * @return 1 or more; 0 for no limit
   */
  public long connections() {
    return connections;
  }
}
