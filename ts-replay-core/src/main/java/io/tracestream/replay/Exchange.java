package io.tracestream.replay;

import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The play of one recording on one connection: on this thread the {@link Receiver}, on another one
 * the {@link Sender}. Either one stops the other when it is over.
 */
final class Exchange {
  /** How long the other side may go on, once all is sent, before the connection is closed. */
  private static final long GRACE_MILLIS = 1000;

  private static final long STEP_MILLIS = 100;

  private final long number;
  private final Socket socket;
  private final InetSocketAddress peer;
  private final Manner manner;
  private final Executor threads;
  private final long start = System.nanoTime();
  private final Progress progress = new Progress();
  private final Receiver receiver;
  private final Sender sender;
  /** Why a frame of ours could not be sent; null while all can. */
  private volatile String notTaken;

  private volatile boolean allSent;
  private volatile boolean stopping;
  private volatile IOException damage;

  Exchange(long number, Socket socket, Manner manner, Candidates candidates, Executor threads)
      throws IOException {
    this.number = number;
    this.socket = socket;
    this.peer = (InetSocketAddress) socket.getRemoteSocketAddress();
    this.manner = manner;
    this.threads = threads;
    Handover handover = new Handover(progress);
    this.receiver = new Receiver(candidates, progress, handover, socket);
    this.sender = new Sender(candidates, progress, handover, socket.getOutputStream());
  }

  /** Ends the play, from another thread. */
  void stop() {
    stopping = true;
    progress.stop();
  }

  /** Plays to the end; gives how it ended. The connection is still open then. */
  SessionResult run() {
    FutureTask<Void> sending = new FutureTask<>(this::send);
    try {
      receiver.begin();
      threads.execute(sending);
      return result(mismatch(sending));
    } catch (IOException e) {
      damage = e;
      return result(null);
    } finally {
      progress.stop();
    }
  }

  /** Where the other side departed from the recording; null when it agrees to the end of both. */
  private Mismatch mismatch(FutureTask<Void> sending) throws IOException {
    if (!receiver.run()) {
      return endedByDamage() ? null : mismatch(receiver.front(), departure());
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
            sender.play(),
            sender.cursor(),
            sender.cursor().entry(),
            Departure.without(Kind.NOT_TAKEN, notTaken));
  }

  /** Whether the end that was read is that of {@link #send}, which met damage. */
  private boolean endedByDamage() {
    return damage != null && receiver.departure().kind() == Kind.EARLY_END;
  }

  /**
   * Where a write met a broken connection, the end that is read behind it is none of the peer's.
   */
  private Departure departure() {
    Departure departure = receiver.departure();
    return departure.kind() == Kind.EARLY_END && notTaken != null
        ? Departure.without(Kind.CONNECTION_LOST, notTaken)
        : departure;
  }

  /**
   * Runs on the sender's thread; ends the other half's reading when there is nothing to wait for.
   */
  private Void send() throws InterruptedException {
    try {
      allSent = sender.run();
      if (allSent) {
        progress.active(System.nanoTime() + GRACE_MILLIS * 1_000_000); // nothing is owed any more
        socket.shutdownOutput();
        progress.awaitEnd(GRACE_MILLIS);
      }
    } catch (Sender.PeerGone e) {
      notTaken = notTaken == null ? manner.peer() + " gone: " + e.getMessage() : notTaken;
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
    if (manner.patience() != null
        && progress.isSending()
        && progress.quietNanos() > Timing.nanos(manner.patience())) {
      notTaken =
          manner.peer() + " reading nothing for " + manner.patience().toMillis() / 1e3 + " s";
      close();
    }
  }

  private Mismatch mismatch(Candidate at, Departure departure) {
    return mismatch(at.play(), at.cursor(), at.expectedEntry(), departure);
  }

  private Mismatch mismatch(Play play, Cursor at, Entry expected, Departure departure) {
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

  private SessionResult result(Mismatch mismatch) {
    Outcome outcome = outcome(mismatch);
    return new SessionResult(
        number,
        peer,
        receiver.front().play().recording().toString(),
        outcome,
        receiver.matched(),
        Duration.ofNanos(sender.longestLateness()),
        Duration.ofNanos(System.nanoTime() - start),
        outcome == Outcome.DIFFERED ? mismatch : null,
        outcome == Outcome.BROKEN ? damage.getMessage() : null);
  }

  private Outcome outcome(Mismatch mismatch) {
    if (mismatch == null && damage == null && receiver.hasMatchedAll() && allSent) {
      return Outcome.MATCHED;
    }
    if (stopping) {
      return Outcome.INCOMPLETE;
    }
    return mismatch != null ? Outcome.DIFFERED : Outcome.BROKEN;
  }

  private void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed then, too.
    }
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
