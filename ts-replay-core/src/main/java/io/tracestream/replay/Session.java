package io.tracestream.replay;

import io.tracestream.codec.FrameReader;
import io.tracestream.recording.Recording;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's play of the recording: on this thread the {@link Verifier}, on another one the
 * {@link Sender}. Either one stops the other when it is over.
 */
final class Session implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** How long a client may go on, once all is sent, before the connection is closed. */
  private static final long GRACE_MILLIS = 1000;

  private final long number;
  private final Socket socket;
  private final Recording recording;
  private final ReplayConfig config;
  private final Executor threads;
  private final Tally tally;
  private final Progress progress = new Progress();
  private volatile boolean allSent;
  private volatile boolean stopping;
  private volatile IOException damage;

  Session(
      long number,
      Socket socket,
      Recording recording,
      ReplayConfig config,
      Executor threads,
      Tally tally) {
    this.number = number;
    this.socket = socket;
    this.recording = recording;
    this.config = config;
    this.threads = threads;
    this.tally = tally;
  }

  /** Ends the session, from another thread: the server stops. */
  void stop() {
    stopping = true;
    progress.stop();
    close();
  }

  @Override
  public void run() {
    LOG.debug("{}: accepted {}", this, socket.getRemoteSocketAddress());
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true); // a peer that vanished is found out in the end
      play(
          new Verifier(
              progress,
              new Cursor(recording),
              new FrameReader(socket.getInputStream(), config.format())),
          new Sender(
              progress,
              config.timing(),
              new Cursor(recording),
              socket.getOutputStream(),
              config.format()));
    } catch (IOException | RejectedExecutionException e) { // the server stops
      LOG.debug("{}: closing: {}", this, e.getMessage());
      tally.stopped();
    } finally {
      progress.stop();
    }
  }

  private void play(Verifier verifier, Sender sender) {
    FutureTask<Mismatch> sending = new FutureTask<>(() -> send(sender));
    threads.execute(sending);
    Mismatch mismatch = null;
    try {
      mismatch = mismatch(verifier, sender, sending);
    } catch (IOException e) {
      damage = e;
    }
    progress.stop();
    conclude(mismatch, verifier);
    letTheClientReadItsEnd();
  }

  /** Where the client departed from the recording; null when it agrees to the end of both. */
  private Mismatch mismatch(Verifier verifier, Sender sender, FutureTask<Mismatch> sending)
      throws IOException {
    if (!verifier.run()) {
      return mismatch(verifier.cursor(), verifier.found(), verifier.nothing());
    }
    if (verifier.wasReset()) {
      progress.stop(); // what is not sent yet has nobody to go to
    } else {
      progress.clientEnded();
    }
    Mismatch mismatch = await(sending);
    return mismatch == null && damage == null && verifier.wasReset() && !allSent
        ? mismatch(sender.cursor(), null, verifier.nothing())
        : mismatch;
  }

  /**
   * Runs on the sender's thread; ends the other half's reading when there is nothing to wait for.
   */
  private Mismatch send(Sender sender) throws InterruptedException {
    Mismatch mismatch = null;
    try {
      mismatch = sendAll(sender);
    } catch (IOException e) {
      if (!allSent) {
        damage = e;
      }
    }
    try {
      socket.shutdownInput();
    } catch (IOException e) {
      // It is closed already.
    }
    return mismatch;
  }

  private Mismatch sendAll(Sender sender) throws IOException, InterruptedException {
    try {
      allSent = sender.run();
      if (allSent) {
        socket.shutdownOutput();
        progress.awaitEnd(GRACE_MILLIS);
      }
      return null;
    } catch (Sender.ClientGone e) {
      return mismatch(sender.cursor(), null, "the client gone: " + e.getMessage());
    }
  }

  private Mismatch await(FutureTask<Mismatch> sending) {
    try {
      return sending.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(this + ": the sender failed", e.getCause());
    } catch (InterruptedException e) {
      stop(); // nobody interrupts this thread but who wants it to end
      return null;
    }
  }

  private Mismatch mismatch(Cursor at, byte[] found, String reason) throws IOException {
    return new Mismatch(
        number, recording.toString(), at.number(), at.line(), at.entry(), found, reason);
  }

  private void conclude(Mismatch mismatch, Verifier verifier) {
    if (mismatch == null && damage == null && verifier.hasMatchedAll() && allSent) {
      LOG.info("{}: matched", this);
      tally.matched();
    } else if (stopping) {
      LOG.info("{}: stopped at entry {}", this, verifier.cursor().number());
      tally.stopped();
    } else if (damage != null) {
      LOG.error("{}: {}", this, damage.getMessage());
      tally.broken();
    } else {
      LOG.warn("{}", mismatch);
      tally.differed(mismatch);
    }
  }

  /** Closing at once would reset what is still under way to a client that goes on sending. */
  private void letTheClientReadItsEnd() {
    try {
      if (!socket.isOutputShutdown()) {
        socket.shutdownOutput();
      }
      InputStream rest = socket.getInputStream();
      byte[] discarded = new byte[64 * 1024];
      long deadline = System.nanoTime() + GRACE_MILLIS * 1_000_000;
      socket.setSoTimeout((int) GRACE_MILLIS);
      while (!stopping && System.nanoTime() < deadline && rest.read(discarded) >= 0) {}
    } catch (IOException e) {
      LOG.debug("{}: closing: {}", this, e.getMessage());
    }
  }

  private void close() {
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
