package io.tracestream.replay;

import io.tracestream.engine.Addresses;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameSocket;
import io.tracestream.engine.Listener;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ServerTls;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running replay. Thread-safe, and its listener may call it; several can run in one JVM.
 *
 * <p>Its threads are not daemons: a program runs until its replay servers are closed.
 */
public final class ReplayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayServer.class);

  private final Listener listener;
  private final Playlist playlist;
  private final Role role;
  private final boolean strictUse;
  private final @Nullable Faults faults;
  private final Engine engine;
  private final Sessions sessions;
  /** Null for plain connections. */
  private final @Nullable ServerTls tls;
  /** How many connections are accepted. */
  private final long most;
  /** How many have been accepted; for the first loop. */
  private long accepted;

  private ReplayServer(ReplayConfig config, Role role, Playlist playlist, Listener listener)
      throws IOException {
    this.listener = listener;
    this.playlist = playlist;
    this.role = role;
    this.strictUse = config.strictUse();
    this.faults = config.faults();
    this.tls = config.listenTls();
    this.most = config.connections() == 0 ? Long.MAX_VALUE : config.connections();
    this.engine = Engine.start(
        "ts-replay-" + listener.address().getPort(),
        false,
        config.format().longestPayload(),
        this::fail);
    this.sessions = new Sessions(role, playlist, config.listener(), engine);
  }

  /**
   * Opens the recordings, binds, and serves.
   *
   * @param config what to do
   * @return the running server; close it
   * @throws io.tracestream.recording.RecordingException if a recording cannot be read, or is not a
   *     recording
   * @throws IOException if the address cannot be bound, or the system has no threads or descriptors
   *     left; nothing stays open then
   */
  public static ReplayServer start(ReplayConfig config) throws IOException {
    Role role = Role.server(config);
    Playlist playlist = Playlist.open(
        config.conversations(), config.selection(), config.repeat(), role, config.stub());
    Listener listener = null;
    try {
      listener = Listener.bind(config.listen());
      ReplayServer server = new ReplayServer(config, role, playlist, listener);
      int descriptors = config.conversations().size() > 1 ? 1 : 0;
      listener.start(server.engine, descriptors, null, server::accepted);
      return server;
    } catch (IOException | RuntimeException | Error e) {
      if (listener != null) {
        listener.close();
      }
      playlist.close();
      throw e;
    }
  }

  /**
   * Where clients connect.
   *
   * @return the bound address, with its real port
   */
  public InetSocketAddress address() {
    return listener.address();
  }

  /**
   * How the sessions so far have ended.
   *
   * @return a snapshot; final once this server is closed
   */
  public Verdict verdict() {
    Pool pool = playlist.pool();
    Verdict verdict = sessions.verdict();
    return pool == null
        ? verdict
        : verdict.withUnusedRequests(pool.unusedRequests(), pool.unusedPlaces(), strictUse);
  }

  /**
   * What clients have sent. The event loops count when this is called, so it costs nothing
   * otherwise. A loop that is too busy to do so within 200 ms is left out.
   *
   * @return the sums at this moment
   */
  public ReplayStats stats() {
    return sessions.stats();
  }

  /**
   * Waits until that many connections have ended, in any way, and the listener has been called for
   * each.
   *
   * @param count how many connections, since the start
   * @param timeout how long to wait at most
   * @return false if the time ran out, or the server stopped
   * @throws InterruptedException if this thread is interrupted; the server goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return sessions.await(count, timeout);
  }

  /**
   * Stops: closes all connections; those that were not over count as incomplete. May be called
   * again, and by a listener.
   */
  @Override
  public void close() {
    sessions.close();
    playlist.close();
  }

  private void fail(Throwable cause) {
    LOG.error("an event loop failed: {}; the replay stops", cause.toString(), cause);
    sessions.fail(cause);
    engine.stopSoon();
  }

  /** A client has come; on the first loop. */
  private void accepted(SocketChannel client, SocketChannel[] spares) {
    for (SocketChannel spare : spares) {
      close(spare); // in its place the client's conversation is opened
    }
    long number = ++accepted;
    if (number == most) {
      listener.pause(true); // or clients that wait right now would also be accepted
      listener.close(); // later clients are refused rather than left waiting
    }
    EventLoop loop = engine.next();
    Script next = playlist.next();
    if (loop == engine.first()) {
      open(number, client, loop, next);
    } else {
      loop.execute(() -> open(number, client, loop, next));
    }
  }

  /** On the session's own loop. */
  private void open(long number, SocketChannel client, EventLoop loop, @Nullable Script script) {
    InetSocketAddress peer = null;
    Session session = null;
    try {
      peer = (InetSocketAddress) client.getRemoteAddress();
      session = new Session(
          number,
          sessions,
          loop,
          peer,
          playlist.play(role, script),
          owner -> connect(loop, client, number, owner));
      if (!sessions.opened(session)) {
        session.discard();
        return;
      }
      LOG.debug("{}: accepted {}", session, Addresses.numeric(peer));
      session.start();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.warn("connection {}: closed as soon as it was accepted: {}", number, e.toString());
      close(client);
      if (session != null) {
        session.stop(e);
      } else if (peer != null) {
        sessions.lost(number, peer, e);
      }
    }
  }

  private FrameSocket connect(EventLoop loop, SocketChannel client, long number, Session owner)
      throws IOException {
    FrameSocket socket = FrameSocket.accepted(loop, client, role.format(), tls, false, owner);
    if (faults != null) {
      socket.injectFaults(faults, role.sent(), number, owner);
    }
    return socket;
  }

  private static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing {}: {}", channel, e.getMessage());
    }
  }
}
