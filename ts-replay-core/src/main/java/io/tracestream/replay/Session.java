package io.tracestream.replay;

import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's play of the recording: on this thread the {@link Receiver}, on another one the
 * {@link Sender}. Either one stops the other when it is over.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** How long the other side may go on, once all is sent, before the connection is closed. */
  private static final long GRACE_MILLIS = 1000;

  private static final long STEP_MILLIS = 100;

  private final long number;
  private final Socket socket;
  private final InetSocketAddress peer;
  private final Play play;
  private final Executor threads;
  private final long start = System.nanoTime();
  private final Progress progress = new Progress();
  /** Why a frame of ours could not be sent; null while all can. */
  private volatile String notTaken;

  private volatile boolean allSent;
  private volatile boolean stopping;
  private volatile boolean concluded;
  private volatile IOException damage;

  Session(long number, Socket socket, Play play, Executor threads) {
    this.number = number;
    this.socket = socket;
    this.peer = (InetSocketAddress) socket.getRemoteSocketAddress();
    this.play = play;
    this.threads = threads;
  }

  long number() {
    return number;
  }

  InetSocketAddress peer() {
    return peer;
  }

  /** Ends the play, from another thread; lets one that is over come to its own end. */
  void stop() {
    if (!concluded) {
      stopping = true;
      progress.stop();
      close();
    }
  }

  /** Plays to the end; gives how it ended. The connection is still open then. */
  SessionResult run() {
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true); // a peer that vanished is found out in the end
      Handover handover = new Handover(progress);
      return play(
          new Receiver(play, progress, handover, socket),
          new Sender(play, progress, handover, socket.getOutputStream()));
    } catch (IOException | RejectedExecutionException e) { // it is closed already
      LOG.debug("{}: closing: {}", this, e.getMessage());
      return failed(Outcome.INCOMPLETE, null);
    } finally {
      progress.stop();
    }
  }

  /** How a session ended that did not come to a play. */
  SessionResult failed(Outcome outcome, String damage) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new SessionResult(number, peer, outcome, 0, Duration.ZERO, took, null, damage);
  }

  private SessionResult play(Receiver receiver, Sender sender) {
    FutureTask<Void> sending = new FutureTask<>(() -> send(sender));
    threads.execute(sending);
    Mismatch mismatch = null;
    try {
      mismatch = mismatch(receiver, sender, sending);
    } catch (IOException e) {
      damage = e;
    }
    progress.stop();
    return conclude(mismatch, receiver, sender);
  }

  /** Where the other side departed from the recording; null when it agrees to the end of both. */
  private Mismatch mismatch(Receiver receiver, Sender sender, FutureTask<Void> sending)
      throws IOException {
    if (!receiver.run()) {
      return mismatch(receiver.cursor(), receiver.expected(), departure(receiver));
    }
    if (receiver.wasReset()) {
      progress.stop(); // what is not sent yet has nobody to go to
    } else {
      progress.peerEnded();
    }
    await(sending);
    if (notTaken == null && receiver.wasReset() && !allSent) {
      notTaken = receiver.departure().reason();
    }
    return notTaken == null || damage != null
        ? null
        : mismatch(
            sender.cursor(), sender.cursor().entry(), Departure.without(Kind.NOT_TAKEN, notTaken));
  }

  /**
   * Where a write met a broken connection, the end that is read behind it is none of the peer's.
   */
  private Departure departure(Receiver receiver) {
    Departure departure = receiver.departure();
    return departure.kind() == Kind.EARLY_END && notTaken != null
        ? Departure.without(Kind.CONNECTION_LOST, notTaken)
        : departure;
  }

  /**
   * Runs on the sender's thread; ends the other half's reading when there is nothing to wait for.
   */
  private Void send(Sender sender) throws InterruptedException {
    try {
      allSent = sender.run();
      if (allSent) {
        progress.active(System.nanoTime() + GRACE_MILLIS * 1_000_000); // nothing is owed any more
        socket.shutdownOutput();
        progress.awaitEnd(GRACE_MILLIS);
      }
    } catch (Sender.PeerGone e) {
      notTaken = notTaken == null ? play.peer() + " gone: " + e.getMessage() : notTaken;
    } catch (IOException e) {
      damage = allSent ? null : e;
    }
    try {
      socket.shutdownInput();
    } catch (IOException e) {
      // It is closed already.
    }
    return null;
  }

  /** Waits for the sender, but not longer than the other side has for reading what it sends. */
  private void await(FutureTask<Void> sending) {
    try {
      while (true) {
        try {
          sending.get(STEP_MILLIS, TimeUnit.MILLISECONDS);
          return;
        } catch (TimeoutException e) {
          closeIfNothingIsTaken();
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(this + ": the sender failed", e.getCause());
    } catch (InterruptedException e) {
      stop(); // nobody interrupts this thread but who wants it to end
    }
  }

  private void closeIfNothingIsTaken() {
    if (play.patience() != null
        && progress.isSending()
        && progress.quietNanos() > Timing.nanos(play.patience())) {
      notTaken = play.peer() + " reading nothing for " + play.patience().toMillis() / 1e3 + " s";
      close();
    }
  }

  private Mismatch mismatch(Cursor at, Entry expected, Departure departure) {
    Place place = play.place(at);
    Surroundings around = Surroundings.of(play, at, departure.found());
    return new Mismatch(
        departure.kind(),
        number,
        peer,
        place.withEntries(around.entries()),
        expected,
        departure.found(),
        departure.reason(),
        around.nearby(),
        play.rules());
  }

  private SessionResult conclude(Mismatch mismatch, Receiver receiver, Sender sender) {
    concluded = true;
    Outcome outcome = outcome(mismatch, receiver);
    return new SessionResult(
        number,
        peer,
        outcome,
        receiver.matched(),
        Duration.ofNanos(sender.longestLateness()),
        Duration.ofNanos(System.nanoTime() - start),
        outcome == Outcome.DIFFERED ? mismatch : null,
        outcome == Outcome.BROKEN ? damage.getMessage() : null);
  }

  private Outcome outcome(Mismatch mismatch, Receiver receiver) {
    if (mismatch == null && damage == null && receiver.hasMatchedAll() && allSent) {
      return Outcome.MATCHED;
    }
    if (stopping) {
      return Outcome.INCOMPLETE;
    }
    return mismatch != null ? Outcome.DIFFERED : Outcome.BROKEN;
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
