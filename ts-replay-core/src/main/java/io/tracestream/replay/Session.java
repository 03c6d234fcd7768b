package io.tracestream.replay;

import io.tracestream.recording.RecordingException;
import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection and the conversation that is played to it, from its beginning to its close. */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long GRACE_MILLIS = 1000;

  private final long number;
  private final Socket socket;
  private final InetSocketAddress peer;
  private final Manner manner;
  private final Playlist playlist;
  private final Turn turn;

  private final Executor threads;
  private final long start = System.nanoTime();
  /** What goes on; null before it begins. Guarded by this. */
  private Exchange exchange;

  private boolean stopping;
  private boolean concluded;

  Session(long number, Socket socket, Manner manner, Playlist playlist, Executor threads) {
    this.number = number;
    this.socket = socket;
    this.peer = (InetSocketAddress) socket.getRemoteSocketAddress();
    this.manner = manner;
    this.playlist = playlist;
    this.turn = playlist.turn();
    this.threads = threads;
  }

  long number() {
    return number;
  }

  InetSocketAddress peer() {
    return peer;
  }

  /** Ends the play, from another thread; lets one that is over come to its own end. */
  synchronized void stop() {
    stopping = true;
    if (!concluded) {
      if (exchange != null) {
        exchange.stop();
      }
      close();
    }
  }

  /** Plays to the end; gives how it ended. The connection is still open then. */
  SessionResult run() {
    try {
      Candidates candidates = turn.open();
      return candidates == null ? tooMany() : play(candidates);
    } catch (RecordingException e) {
      return failed(Outcome.BROKEN, e.getMessage());
    } catch (IOException | RejectedExecutionException e) { // it is closed already
      LOG.debug("{}: closing: {}", this, e.getMessage());
      return failed(Outcome.INCOMPLETE, null);
    } finally {
      conclude();
      close(turn);
    }
  }

  private SessionResult play(Candidates candidates) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true); // a peer that vanished is found out in the end
    return begin(new Exchange(number, socket, manner, candidates, threads)).run();
  }

  private synchronized Exchange begin(Exchange begun) {
    exchange = begun;
    if (stopping) {
      begun.stop();
    }
    return begun;
  }

  private synchronized void conclude() {
    concluded = true;
  }

  private void close(Turn over) {
    try {
      over.over();
    } catch (IOException e) {
      LOG.debug("{}: closing: {}", this, e.getMessage());
    }
  }

  private SessionResult tooMany() {
    Mismatch mismatch = Mismatch.tooMany(number, peer, playlist, manner);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new SessionResult(
        number, peer, null, Outcome.DIFFERED, 0, Duration.ZERO, took, mismatch, null);
  }

  /** How a session ended that did not come to a play. */
  SessionResult failed(Outcome outcome, String damage) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new SessionResult(number, peer, null, outcome, 0, Duration.ZERO, took, null, damage);
  }

  /** Closing at once would reset what is still under way to a peer that goes on sending. */
  void letThePeerReadItsEnd() {
    try (socket) {
      if (!socket.isOutputShutdown()) {
        socket.shutdownOutput();
      }
      InputStream rest = socket.getInputStream();
      byte[] discarded = new byte[64 * 1024];
      long deadline = System.nanoTime() + GRACE_MILLIS * 1_000_000;
      socket.setSoTimeout((int) GRACE_MILLIS);
      while (System.nanoTime() < deadline && rest.read(discarded) >= 0) {}
    } catch (IOException e) {
      LOG.debug("{}: closing: {}", this, e.getMessage());
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("{}: closing: {}", this, e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
