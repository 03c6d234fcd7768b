package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running replay. For any number of threads; several can run in one JVM.
 *
 * <p>Its accepting thread is no daemon: a program goes on until its replay servers are closed.
 */
public final class ReplayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayServer.class);
  private static final int BACKLOG = 4096;
  private static final long PAUSE_MILLIS = 200;

  private final Playlist playlist;
  private final ServerSocket server;
  private final InetSocketAddress address;
  private final Sessions sessions;
  /** How many connections are accepted. */
  private final long most;

  private ReplayServer(ReplayConfig config, Playlist playlist, ServerSocket server) {
    this.playlist = playlist;
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalSocketAddress();
    this.sessions = new Sessions(manner(config), playlist, config.listener());
    this.most = config.connections() == 0 ? Long.MAX_VALUE : config.connections();
  }

  private static Manner manner(ReplayConfig config) {
    return new Manner(
        Direction.C2S, config.format(), config.timing(), config.rules(), config.idleTimeout());
  }

  /**
   * Opens the recordings, binds, and serves.
   *
   * @param config what to do
   * @return the running server; close it
   * @throws io.tracestream.recording.RecordingException when a recording cannot be read, or is none
   * @throws IOException when the address cannot be bound
   */
  public static ReplayServer start(ReplayConfig config) throws IOException {
    Playlist playlist =
        new Playlist(config.conversations(), config.selection(), config.repeat(), manner(config));
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(config.listen(), BACKLOG);
      ReplayServer server = new ReplayServer(config, playlist, socket);
      new Thread(server::acceptAll, "ts-replay-" + server.address.getPort()).start();
      return server;
    } catch (IOException | RuntimeException e) {
      socket.close();
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
    return address;
  }

  /**
   * What became of the sessions so far.
   *
   * @return a snapshot; final once this server is closed
   */
  public Verdict verdict() {
    return sessions.verdict();
  }

  /**
   * Waits until so many connections have been played to their end, whatever it was.
   *
   * @param count connections, since the start
   * @param timeout how long to wait at most
   * @return false when the time was over before
   * @throws InterruptedException when this thread is interrupted; the server goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return sessions.await(count, timeout);
  }

  /**
   * Stops: closes all connections; those that were not over count as incomplete. May be called
   * again.
   */
  @Override
  public void close() throws IOException {
    server.close();
    sessions.close();
    playlist.close();
  }

  private void acceptAll() {
    for (long number = 1; number <= most && !server.isClosed(); ) {
      try {
        sessions.start(number, server.accept());
        number++;
      } catch (IOException | RuntimeException | OutOfMemoryError e) { // no descriptors, no threads
        if (!server.isClosed()) {
          LOG.warn(
              "accepting: found \"{}\", expected a connection; accepting pauses", e.getMessage());
          pause();
        }
      }
    }
    stopAccepting();
  }

  /** Those behind the last one are refused, rather than left waiting. */
  private void stopAccepting() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("accepting: closing: {}", e.getMessage());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
