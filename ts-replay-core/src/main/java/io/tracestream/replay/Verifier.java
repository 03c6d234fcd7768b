package io.tracestream.replay;

import io.tracestream.engine.Dialer;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running verification: plays a recorded client to a real server, and compares what the server
 * sends with what was recorded. Thread-safe, and its listener may call it.
 *
 * <p>Its thread is not a daemon: a program runs until it is closed.
 */
public final class Verifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);

  private final VerifyConfig config;
  private final Role role;
  private final Playlist playlist;
  private final Engine engine;
  private final EventLoop loop;
  private final Dialer dialer;
  private final TargetSessions sessions;
  /** The connection under way; for the loop. */
  private long number;

  private Verifier(VerifyConfig config, Role role, Playlist playlist) throws IOException {
    this.config = config;
    this.role = role;
    this.playlist = playlist;
    this.engine = Engine.start("ts-verify", true, config.format().longestPayload(), this::fail);
    this.loop = engine.first();
    Duration timeout = Duration.ofNanos(Timing.nanos(config.replyTimeout()));
    this.dialer = new Dialer(engine, config.target(), timeout, null, config.targetTls());
    this.sessions = new OneByOne();
  }

  /** The next one begins when one is over. */
  private final class OneByOne extends TargetSessions {
    private OneByOne() {
      super(role, playlist, config.listener(), engine, config.target());
    }

    @Override
    void next(Session ended, SessionResult result) {
      loop.execute(Verifier.this::playNext);
    }
  }

  /**
   * Opens the recordings, connects to the target, and begins to play: each conversation on a
   * connection of its own, one after the other.
   *
   * @param config what to do
   * @return the running verification; close it
   * @throws io.tracestream.recording.RecordingException if a recording cannot be read, or is not a
   *     recording
   * @throws IOException if the target cannot be reached, or the system has no threads or
   *     descriptors left; nothing stays open then
   */
  public static Verifier start(VerifyConfig config) throws IOException {
    Role role = Role.client(config);
    Playlist playlist = Playlist.open(config.conversations(), Selection.ORDER, false, role, false);
    Verifier verifier;
    try {
      verifier = new Verifier(config, role, playlist);
    } catch (IOException | RuntimeException | Error e) {
      playlist.close();
      throw e;
    }
    try {
      verifier.loop.execute(verifier::playNext);
      verifier.sessions.awaitFirst();
      return verifier;
    } catch (IOException | RuntimeException | Error e) {
      verifier.close();
      throw e;
    }
  }

  /** On the loop. */
  private void playNext() {
    Script script = playlist.next();
    if (script == null) {
      return;
    }
    Session session = new Session(
        ++number,
        sessions,
        loop,
        config.target(),
        playlist.play(role, script),
        owner -> FrameSocket.dial(loop, dialer, null, role.format(), owner));
    if (sessions.opened(session)) {
      session.start();
    } else {
      session.discard();
    }
  }

  private void fail(Throwable cause) {
    LOG.error("the event loop failed: {}; the verification stops", cause.toString(), cause);
    sessions.fail(cause);
  }

  /**
   * Where the played client is.
   *
   * @return the local address of its first connection
   */
  public InetSocketAddress address() {
    return sessions.address();
  }

  /**
   * How the verification has gone so far.
   *
   * @return a snapshot, of no session before the end; final once this is closed
   */
  public Verdict verdict() {
    return sessions.verdict();
  }

  /**
   * Waits until that many connections have ended, in any way, and the listener has been called for
   * each.
   *
   * @param count how many connections; there are as many as conversations
   * @param timeout how long to wait at most
   * @return false if the time ran out, or the verification stopped
   * @throws InterruptedException if this thread is interrupted; the verification goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return sessions.await(count, timeout);
  }

  /**
   * Stops: sessions that have not ended count as incomplete. May be called again, and by a
   * listener.
   */
  @Override
  public void close() {
    sessions.close();
    playlist.close();
  }
}
