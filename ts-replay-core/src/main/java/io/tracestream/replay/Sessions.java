package io.tracestream.replay;

import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions that play one recording, each on threads of its own. For any number of threads. */
final class Sessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final long CLOSE_MILLIS = 1200;

  private final Manner manner;
  private final Playlist playlist;
  private final SessionListener listener;
  private final Tally tally = new Tally();
  private final ExecutorService threads = Executors.newCachedThreadPool(Sessions::thread);
  /** Those under way; guarded by itself. */
  private final Set<Session> underWay = new HashSet<>();

  Sessions(Manner manner, Playlist playlist, SessionListener listener) {
    this.manner = manner;
    this.playlist = playlist;
    this.listener = new GuardedListener(listener);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "ts-replay-session");
    thread.setDaemon(true);
    return thread;
  }

  /** Plays to that connection, which is the session's from now on, or closed when this fails. */
  void start(long number, Socket socket) throws IOException {
    Session session = null;
    try {
      session = new Session(number, socket, manner, playlist, threads);
      start(session);
    } catch (RuntimeException | OutOfMemoryError e) {
      forget(session);
      socket.close();
      throw e;
    }
  }

  private void start(Session session) {
    synchronized (underWay) {
      underWay.add(session);
    }
    threads.execute(() -> run(session));
  }

  private void run(Session session) {
    try {
      LOG.debug("{}: {}", session, session.peer());
      listener.started(session.number(), session.peer());
      SessionResult result = play(session);
      listener.ended(result);
      tally.add(result);
      session.letThePeerReadItsEnd();
    } finally {
      forget(session);
    }
  }

  private static SessionResult play(Session session) {
    try {
      return session.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("{}: found {}, expected none; closing it", session, e.toString(), e);
      return session.failed(Outcome.BROKEN, e.toString());
    }
  }

  /** Counts a session that came to no connection. */
  void failed(long number, InetSocketAddress peer, String damage) {
    SessionResult result = new SessionResult(
        number, peer, null, Outcome.BROKEN, 0, Duration.ZERO, Duration.ZERO, null, damage);
    listener.ended(result);
    tally.add(result);
  }

  private void forget(Session session) {
    synchronized (underWay) {
      underWay.remove(session);
    }
  }

  private List<Session> underWay() {
    synchronized (underWay) {
      return List.copyOf(underWay);
    }
  }

  Verdict verdict() {
    return tally.verdict(playlist.notPlayed());
  }

  /** Waits until so many sessions have ended; false when the time is over before. */
  boolean await(long ended, Duration timeout) throws InterruptedException {
    return tally.await(ended, Timing.nanos(timeout));
  }

  /** Stops those that are under way, and lets those that are over close their connections. */
  @Override
  public void close() {
    underWay().forEach(Session::stop);
    threads.shutdown();
    try {
      threads.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    underWay().forEach(Session::close);
  }
}
