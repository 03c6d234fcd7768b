package io.tracestream.replay;

import io.tracestream.recording.Recording;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
  private static final long CLOSE_SECONDS = 1;

  private final ReplayConfig config;
  private final Recording recording;
  private final ServerSocket server;
  private final InetSocketAddress address;
  private final Tally tally = new Tally();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(ReplayServer::sessionThread);
  /** Those under way; guarded by itself. */
  private final Set<Session> sessions = new HashSet<>();

  private ReplayServer(ReplayConfig config, Recording recording, ServerSocket server) {
    this.config = config;
    this.recording = recording;
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalSocketAddress();
  }

  /**
   * Opens the recording, binds, and serves.
   *
   * @param config what to do
   * @return the running server; close it
   * @throws io.tracestream.recording.RecordingException when the recording cannot be read, or is
   *     none
   * @throws IOException when the address cannot be bound
   */
  public static ReplayServer start(ReplayConfig config) throws IOException {
    Recording recording = Recording.open(config.recording(), config.format().longestPayload());
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(config.listen(), BACKLOG);
      ReplayServer server = new ReplayServer(config, recording, socket);
      new Thread(server::acceptAll, "ts-replay-" + server.address.getPort()).start();
      return server;
    } catch (IOException | RuntimeException e) {
      socket.close();
      recording.close();
      throw e;
    }
  }

  private static Thread sessionThread(Runnable task) {
    Thread thread = new Thread(task, "ts-replay-session");
    thread.setDaemon(true);
    return thread;
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
    return tally.verdict();
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
    return tally.await(count, timeout.toNanos());
  }

  /**
   * Stops: closes all connections; those that were not over count as stopped. May be called again.
   */
  @Override
  public void close() throws IOException {
    server.close();
    synchronized (sessions) {
      sessions.forEach(Session::stop);
    }
    threads.shutdown();
    try {
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    recording.close();
  }

  private void acceptAll() {
    for (long number = 1; !server.isClosed(); number++) {
      try {
        play(number, server.accept());
      } catch (IOException | RuntimeException | OutOfMemoryError e) { // no descriptors, no threads
        if (!server.isClosed()) {
          LOG.warn(
              "accepting: found \"{}\", expected a connection; accepting pauses", e.getMessage());
          pause();
        }
      }
    }
  }

  private void play(long number, Socket client) throws IOException {
    Session session = null;
    try {
      session = new Session(number, client, recording, config, threads, tally);
      start(session);
    } catch (RuntimeException | OutOfMemoryError e) {
      forget(session);
      client.close();
      throw e;
    }
    if (server.isClosed()) {
      client.close(); // it came when all others had been told to stop
    }
  }

  private void start(Session session) {
    synchronized (sessions) {
      sessions.add(session);
    }
    threads.execute(() -> play(session));
  }

  private void play(Session session) {
    try {
      session.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("{}: found {}, expected none; closing it", session, e.toString(), e);
      tally.broken();
    } finally {
      forget(session);
    }
  }

  private void forget(Session session) {
    synchronized (sessions) {
      sessions.remove(session);
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
