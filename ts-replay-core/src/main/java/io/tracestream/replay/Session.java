package io.tracestream.replay;

import io.tracestream.codec.FrameException;
import io.tracestream.engine.Ending;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FaultListener;
import io.tracestream.engine.FrameSocket;
import io.tracestream.engine.ObservedPayloads;
import io.tracestream.engine.Payloads;
import io.tracestream.recording.FrameObserver;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult.Outcome;
import io.tracestream.rules.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, and the {@link Play} on it. The session knows sockets and time: it hands over
 * what comes, sends what is due, waits, and ends. What may come, and what goes out, the play says.
 *
 * <p>Thread: lives and dies on one event loop, so it has no locks. The loop says that the socket is
 * ready; what came is compared, what is due is sent, and then {@link #decide} looks whether the
 * session is over. Only that, and a server that stops, end a session.
 *
 * <p>A peer that does not read what is sent slows down the sending, not the reading, so it may send
 * much before it reads.
 */
final class Session implements FrameSocket.Owner, FaultListener, Payloads {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long SECOND = 1_000_000_000;
  /** For how long we wait for the other side's end after the last entry. */
  private static final long GRACE_NANOS = 3 * SECOND;
  /** How long frames that were due at a departure wait to be taken. */
  private static final long OWED_NANOS = 60 * SECOND;
  /** What is sent ahead of what the kernel takes, in bytes. */
  private static final int MOST_UNSENT = 64 * 1024;

  private static final String TOO_MANY =
      "this connection is one too many: others play all conversations that agree with it";

  private final long number;
  private final Role role;
  private final Sessions sessions;
  private final EventLoop loop;
  private InetSocketAddress peer;
  private final Play play;
  private final FrameSocket socket;
  /** What takes the frames that come: this session, or an observer and then this session. */
  private final Payloads received;
  /** Who plays one conversation after the other, as fast or as often as is asked; or null. */
  private @Nullable LoadClient client;

  private boolean begun;
  private long start;

  /** Whether the time of our next frame was looked at, and had not come. */
  private boolean pausing;

  private EventLoop.@Nullable Timer pause;
  private long longestLateness;
  private boolean allSent;
  /** Whether our sending has ended. */
  private boolean sendingEnded;
  /** When all was sent: whether the connection stays open for the other side to end it. */
  private boolean holds;

  private EventLoop.@Nullable Timer grace;
  private boolean graceIsOver;
  private EventLoop.@Nullable Timer patience;
  private boolean patienceIsOver;
  /** When a frame of ours was last sent or, if some may come at any time, when another one came. */
  private long progress;

  private long matchedBefore;
  /** How many had matched when our sending might have ended for want of a reply; -1 before that. */
  private long matchedAtStall = -1;

  /** What came instead of the expected entry; null while all agrees. */
  private @Nullable Kind departure;

  private @Nullable ByteBuffer found;
  private @Nullable String reason;
  private @Nullable IOException failure;
  /** Whether a fault was done to a frame. */
  private boolean faulty;
  /** Whether a fault ends our sending before the last entry. */
  private boolean cutShort;

  private boolean over;
  /** Whether what was due at a departure is still being sent. */
  private boolean owing;

  private boolean gone;

  /** Makes the session's socket. */
  interface Connector<E extends Exception> {
    FrameSocket connect(Session owner) throws E;
  }

  /**
   * A session that has not begun.
   *
   * @param peer the other side, for log lines and results
   */
  <E extends Exception> Session(
      long number,
      Sessions sessions,
      EventLoop loop,
      InetSocketAddress peer,
      Play play,
      Connector<E> connector)
      throws E {
    this.number = number;
    this.sessions = sessions;
    this.role = sessions.role();
    this.loop = loop;
    this.peer = peer;
    this.play = play;
    this.start = loop.now();
    FrameObserver observer = role.observer();
    this.received = observer == null
        ? this
        : new ObservedPayloads(parts -> observer.frame(number, role.received(), parts), this);
    this.socket = connector.connect(this);
  }

  /** Has a client say when frames may go, and hear when they went and were answered. */
  void playedBy(LoadClient player) {
    client = player;
  }

  /** Who plays it under load; null otherwise. */
  @Nullable
  LoadClient client() {
    return client;
  }

  /** Whether it is connected, and not over. */
  boolean isPlaying() {
    return begun && !over;
  }

  /** Whether there was a connection. */
  boolean hasBegun() {
    return begun;
  }

  long number() {
    return number;
  }

  EventLoop loop() {
    return loop;
  }

  /** Whole frames that the other side has sent. On its loop. */
  long framesReceived() {
    return socket.frames();
  }

  /** Bytes of those frames. On its loop. */
  long bytesReceived() {
    return socket.received();
  }

  InetSocketAddress peer() {
    return peer;
  }

  /** Begins to play, at once if the other side is there. */
  void start() {
    if (socket.isConnected()) {
      begin();
    } else {
      socket.connect(List.of());
    }
  }

  private void begin() {
    begun = true;
    start = System.nanoTime();
    progress = start;
    String refusal = play.refusal();
    if (refusal != null) {
      depart(Kind.EXTRA_CONNECTION, refusal);
    } else {
      try {
        play.on(number);
        play.open(start);
      } catch (IOException e) {
        failure = e;
      }
    }
    proceed();
  }

  // What comes.

  @Override
  public void ready(FrameSocket ready) {
    if (!begun && socket.isConnected()) {
      peer = Objects.requireNonNullElse(socket.peer(), peer);
      InetSocketAddress local = socket.local();
      if (local != null) {
        sessions.connected(this, local);
      }
      begin();
    }
    if (!over && begun) {
      socket.read(received).release();
    }
    proceed();
  }

  @Override
  public void payload(ByteBuffer payload) {
    if (departure == null && failure == null) {
      try {
        Kind instead = play.came(payload);
        if (instead != null) {
          depart(instead, payload);
        }
        lookAtProgress(payload.remaining());
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  @Override
  public void largePayload(ByteBuffer[] parts) {
    if (departure == null && failure == null) {
      try {
        Kind instead = play.came(parts);
        if (instead != null) {
          depart(instead, Play.joined(parts));
        }
        lookAtProgress(Play.length(parts));
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  @Override
  public void injected(long frame, Fault fault) {
    LOG.info("{} {} frame {}: fault: {}", this, role.sent(), frame, fault);
    faulty = true;
    switch (fault.kind()) {
      case TRUNCATE, RESET, END, HANG -> cutShort = true;
      default -> {}
    }
  }

  /** Looks whether the frame that came, of so many bytes, was an expected one. */
  private void lookAtProgress(int length) {
    if (play.matched() > matchedBefore) {
      matchedBefore = play.matched();
      if (role.use().allowsAny()) {
        progress = loop.now(); // frames that may come at any time do not keep a session alive
      }
      if (client != null) {
        client.came(play.answered(), length);
      }
    }
  }

  private void depart(Kind kind, ByteBuffer frame) {
    if (kind == Kind.EXTRA_CONNECTION) {
      depart(kind, TOO_MANY);
    } else {
      depart(kind, (String) null);
      found = Cuts.copyOf(frame);
    }
  }

  // What goes.

  /** Compares, sends and decides once more; after anything that may have changed the outcome. */
  private void proceed() {
    if (!over) {
      try {
        if (begun && failure == null) {
          send();
        }
      } catch (IOException e) {
        failure = e;
      }
      decide();
    } else if (owing) {
      sendOwed();
    }
    if (over && socket.isClosed() && !gone) {
      gone = true;
      play.close();
      sessions.gone(this);
    }
  }

  /** Sends what is due, as far as the other side takes it. */
  private void send() throws IOException {
    while (play.toNext() && (client == null || client.mayAsk())) {
      if (pauseIfEarly()) {
        break;
      }
      if (flushIfFull()) {
        return; // and comes back when some of it was taken
      }
      if (pausing) {
        pausing = false;
        longestLateness = Math.max(longestLateness, System.nanoTime() - due());
      }
      if (sendingEnded) {
        throw new IOException(
            play + ": a frame follows after the end of its sender; correct the comment in the file"
                + " that says so, or record again");
      }
      long request = play.request();
      long due = client == null ? 0 : isAtOnce() ? System.nanoTime() : due();
      ByteBuffer payload = play.next();
      if (client != null) {
        client.asks(request, due, payload.remaining());
      }
      if (role.observer() != null) {
        role.observer().frame(number, role.sent(), ObservedPayloads.views(payload));
      }
      try {
        socket.queue(payload);
      } catch (FrameException e) {
        throw new IOException(play.whereSent() + ": " + e.withoutOffset(), e);
      }
      progress = loop.now();
    }
    socket.flush();
  }

  /** Whether frames of ours go out as soon as they may. */
  private boolean isAtOnce() {
    return role.timing().isAtOnce() && (client == null || !client.hasRate());
  }

  /** When our next frame is due: the client's rate sets that, else the play. */
  private long due() {
    return client != null && client.hasRate() ? client.due() : play.due();
  }

  /** Flushes if much is unsent; whether it still is, as the other side does not take it. */
  private boolean flushIfFull() {
    if (socket.unsent() < MOST_UNSENT) {
      return false;
    }
    socket.flush();
    return socket.unsent() >= MOST_UNSENT;
  }

  /** Sets the timer if the time of our next frame has not come; whether that is so. */
  private boolean pauseIfEarly() throws IOException {
    if (isAtOnce() || departure != null) {
      return false;
    }
    pausing = true;
    if (client != null) {
      play.notBefore(client.begins());
    }
    play.schedule();
    long left = due() - System.nanoTime();
    if (left > 0 && pause == null) {
      pause = loop.after(left, () -> {
        pause = null;
        guarded();
      });
    }
    return left > 0;
  }

  /** Looks again what may be sent: when the client's load begins, and when it ends. */
  void resume() {
    guarded();
  }

  /** Called by timers: the loop does not know which session they belong to. */
  private void guarded() {
    try {
      proceed();
    } catch (Throwable e) { // as the loop does where a socket is ready
      stop(e);
    }
  }

  /** After a departure: what was due before it, as long as it is taken. */
  private void sendOwed() {
    try {
      send();
      owing = play.toNext() && socket.sendFailure() == null;
    } catch (IOException e) {
      owing = false; // the session has ended with something else
    }
    if (!owing) {
      socket.finish();
    }
  }

  @Override
  public void second(FrameSocket ignored) {
    String stuck = over ? null : socket.stuckFrame();
    if (stuck != null) {
      LOG.warn("{} {} {}", this, role.received(), stuck);
    }
    if (over && loop.now() - socket.lastActive() > OWED_NANOS) {
      socket.close();
      proceed();
    }
  }

  // How it ends.

  /** Looks whether the session has come to its end, after anything that may have changed that. */
  private void decide() {
    try {
      if (failure == null && departure == null) {
        lookAtTheEnd();
      }
      if (over) {
        return;
      }
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null) {
      conclude(Outcome.BROKEN);
    } else if (departure != null) {
      conclude(isLedByAFault() ? Outcome.FAULTED : Outcome.DIFFERED);
    }
  }

  private void lookAtTheEnd() throws IOException {
    if (!begun) {
      if (socket.ending() != null) {
        throw new IOException(socket.ending().toString());
      }
      if (isWrappingUp()) {
        conclude(Outcome.INCOMPLETE);
      }
      return;
    }
    Ending ending = socket.ending();
    if (ending != null && ending.kind() == Ending.Kind.FAULT) {
      conclude(Outcome.FAULTED);
      return;
    }
    if (ending != null && ending.isOfPeer() && !play.isAtEnd() && play.endHere()) {
      send(); // what the conversation that ends here still has for it
    }
    boolean allPassed = !play.toNext();
    if (allPassed && play.damage() != null) {
      throw play.damage();
    }
    boolean nothingUnsent = socket.unsent() == 0 && socket.sendFailure() == null;
    if (!allSent && allPassed && play.isAtEnd() && nothingUnsent) {
      allSent = true;
      holds = socket.isHanging() || holdsAtEnd();
    }
    if (ending != null) {
      ended(ending);
    } else if (allSent && graceIsOver) {
      graceEnded();
    } else if (patienceIsOver) {
      lostPatience(socket.unsent() > 0);
    } else if (isWrappingUp() && allSent && socket.partialBytes() == 0) {
      complete();
    } else if (isWrappingUp() && play.toNext() && !isAnswerOwed()) {
      conclude(Outcome.INCOMPLETE);
    } else {
      waitOn();
    }
  }

  /** Whether the load is over, and only replies to what was sent are waited for. */
  private boolean isWrappingUp() {
    return client != null && client.isWrappingUp();
  }

  private boolean isAnswerOwed() {
    return client != null && client.isWaiting();
  }

  private boolean holdsAtEnd() throws IOException {
    if (role.isClient()) {
      return play.recordedEnd() == RecordedEnd.TARGET;
    }
    return role.atEnd() == AtEnd.HOLD
        || role.atEnd() == AtEnd.AS_RECORDED && play.recordedEnd() == RecordedEnd.CLIENT;
  }

  /** Nothing more will come. */
  private void ended(Ending ending) throws IOException {
    if (ending.kind() == Ending.Kind.HOARDED) {
      throw new IOException(role.peer() + " was broken off: " + ending.text());
    }
    if (ending.isBadFrame()) {
      String what = ending.kind() == Ending.Kind.CUT
          ? " ended its sending inside a frame: "
          : " sent something that is not a frame: ";
      depart(Kind.BAD_FRAME, role.peer() + what + ending.text()); // advice is a matter of hints
      return;
    }
    String broken = socket.sendFailure() != null
        ? socket.sendFailure()
        : ending.isClean() ? null : ending.text();
    if (allSent) {
      complete();
    } else if (play.isAtEnd()) {
      if (broken != null) {
        depart(Kind.NOT_TAKEN, role.peer() + " is gone: " + broken);
      } else if (patienceIsOver) {
        depart(
            Kind.NOT_TAKEN,
            role.peer() + " read nothing for " + role.patience() / 1_000_000 / 1e3 + " s");
      } else {
        waitOn();
      }
    } else if (play.damage() == null) {
      if (broken == null) {
        depart(Kind.EARLY_END, role.peer() + " ended its sending");
      } else {
        depart(Kind.CONNECTION_LOST, role.peer() + " is gone: " + broken);
      }
    } else if (broken != null) {
      throw play.damage();
    }
  }

  /** For clients that may stop at any time: whether everything they asked for was sent. */
  private boolean isBetweenRequests() {
    return play.isComplete() && socket.unsent() == 0 && socket.sendFailure() == null;
  }

  /** The other side has not ended, and need not end. */
  private void graceEnded() throws IOException {
    if (socket.partialBytes() > 0) {
      depart(
          Kind.BAD_FRAME,
          role.peer() + " sent only " + socket.partial() + " at byte " + socket.received());
    } else if (holds && !role.isClient()) {
      if (play.isOwn()) {
        sessions.held(this, result(fullOutcome()));
      }
      graceIsOver = false; // and the timer is not set again
      waitOn();
    } else {
      complete();
      if (over) {
        socket.close(); // at once: what comes later must not be thrown away unseen
      }
    }
  }

  /** The other side did all that was recorded. */
  private void complete() {
    if (play.isOwn()) {
      conclude(fullOutcome());
    } else {
      depart(Kind.EXTRA_CONNECTION, TOO_MANY);
    }
  }

  /** Nothing came for too long. */
  private void lostPatience(boolean unsent) throws IOException {
    if (isBetweenRequests() && socket.partialBytes() == 0) {
      conclude(fullOutcome());
      return;
    }
    if (isWrappingUp() && play.toNext()) {
      conclude(Outcome.INCOMPLETE); // it may not owe anything
      return;
    }
    long nanos = patienceNanos();
    depart(
        Kind.NOTHING_CAME,
        (socket.partialBytes() == 0
                ? "nothing came"
                : "only " + socket.partial() + " came, and nothing more")
            + " for " + Math.round(nanos / 1e6) / 1e3 + " s"
            + (unsent ? ", and what we send is not being read" : ""));
  }

  private void waitOn() throws IOException {
    socket.wantFrames(play.damage() == null && !play.isFull());
    if (allSent ? !holds : play.endsSending()) {
      endSending();
    }
    if (allSent) {
      if (grace == null) {
        long nanos = holds && role.isClient() ? role.patience() : GRACE_NANOS;
        watchGrace(nanos, nanos);
      }
    } else if (role.patience() > 0 && patience == null) {
      watchPatience();
    }
  }

  private void endSending() {
    if (!sendingEnded) {
      sendingEnded = true;
      if (allSent && socket.ending() == null) {
        sessions.endedFirst();
      }
      socket.end();
    }
  }

  /** Counted from when the other side has read what was sent, as far as that is known. */
  private void watchGrace(long nanos, long delay) {
    grace = loop.after(delay, () -> {
      long left = socket.busyUntil() + nanos - System.nanoTime();
      if (left > 0) {
        watchGrace(nanos, left);
      } else {
        graceIsOver = true;
        guarded();
      }
    });
  }

  private void watchPatience() throws IOException {
    long half = mayStall() ? role.patience() / 2 : 0;
    patience = loop.after(Math.max(patienceLeft() - half, 0), () -> {
      patience = null;
      socket.flush(); // the kernel reports room late, but takes bytes as soon as it has any
      try {
        if (mayStall() && patienceLeft() <= half) {
          stalled();
        }
        patienceIsOver = !over && !allSent && patienceLeft() <= 0;
      } catch (IOException e) {
        failure = e;
      }
      guarded();
      patienceIsOver = false;
    });
  }

  /** Whether a target may answer only when the client has ended its sending. */
  private boolean mayStall() {
    return role.isClient() && !sendingEnded && matchedAtStall < play.matched();
  }

  /** Nothing came for half the time: ends our sending if that may be what the target waits for. */
  private void stalled() throws IOException {
    matchedAtStall = play.matched();
    if (!over && !allSent && !play.toNext() && play.mayEndSending()) {
      endSending();
    }
  }

  /** Counted from when something last came or went, or is to go. */
  private long patienceLeft() throws IOException {
    long since = role.use().allowsAny() ? progress : socket.busyUntil();
    since = pausing ? Math.max(since, due()) : since;
    return since + patienceNanos() - System.nanoTime();
  }

  private long patienceNanos() throws IOException {
    // A target that took its time when it was recorded may take it again.
    return role.patience() + (role.isClient() ? play.recordedPauseNanos() : 0);
  }

  /** The outcome when the other side did all that was recorded. */
  private Outcome fullOutcome() {
    return cutShort ? Outcome.FAULTED : Outcome.MATCHED;
  }

  /** Whether the other side has left, or waits, as a fault may have made it do. */
  private boolean isLedByAFault() {
    return faulty
        && departure != null
        && switch (departure) {
          case EARLY_END, CONNECTION_LOST, NOT_TAKEN, NOTHING_CAME -> true;
          default -> false;
        };
  }

  private void depart(Kind kind, @Nullable String why) {
    departure = kind;
    reason = why;
  }

  private void conclude(Outcome outcome) {
    SessionResult result = result(outcome);
    over = true; // not before: without memory for its result it ends as a broken one
    cancel(pause);
    cancel(grace);
    cancel(patience);
    play.leave();
    sessions.ended(this, result);
    owing = outcome == Outcome.DIFFERED && departure != Kind.NOT_TAKEN && client == null;
    if (owing) {
      socket.wantFrames(false);
      sendOwed();
    } else {
      socket.finish();
    }
  }

  private static void cancel(EventLoop.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private SessionResult result(Outcome outcome) {
    SessionResult result = SessionResult.of(number, peer, outcome)
        .withLongestLateness(Duration.ofNanos(longestLateness))
        .withTook(Duration.ofNanos(System.nanoTime() - start));
    result = play.describe(result);
    if (outcome == Outcome.BROKEN && failure != null) {
      return result.withDamage(
          Objects.requireNonNullElse(failure.getMessage(), failure.toString()));
    }
    return outcome == Outcome.DIFFERED && departure != null
        ? result.withMismatch(mismatch(departure))
        : result;
  }

  private Mismatch mismatch(Kind kind) {
    Mismatch mismatch = play.mismatch(kind, number, peer, found);
    boolean isFirst = play.matched() == 0;
    if (isFirst && kind == Kind.DIFFERENT_FRAME && found != null && !role.isClient()) {
      mismatch = mismatch.withBeginning(sessions.playlist().beginningWith(found, role));
    }
    boolean afterOurEnd =
        kind == Kind.EXTRA_CONNECTION ? sessions.hasEndedFirst() : sendingEnded && allSent;
    return mismatch
        .withFound(found == null ? null : found.array())
        .withReason(reason)
        .withPartial(Partial.of(
            socket.beginning(Partial.LOOKED_AT), socket.partialBytes(), isFirst, role.format()))
        .withAfterOurEnd(afterOurEnd);
  }

  /** The server stops: a session that is not over is incomplete. */
  void close() {
    if (!over) {
      boolean complete = (allSent || begun && isBetweenRequests())
          && departure == null
          && socket.partialBytes() == 0
          && play.isOwn();
      conclude(complete ? fullOutcome() : Outcome.INCOMPLETE);
      if (!complete) {
        socket.close();
      }
      proceed();
    }
  }

  @Override
  public void stop(@Nullable Throwable cause) {
    try {
      Throwable error = cause != null ? cause : sessions.failure();
      if (error == null) {
        close();
      } else if (!over) {
        failure = new IOException(
            error instanceof OutOfMemoryError
                ? "not enough memory to go on; give the program more"
                : "unexpected error: " + error,
            error);
        conclude(Outcome.BROKEN);
      }
    } finally {
      socket.close();
      proceed();
    }
  }

  /** Closes the socket of a session that may not begin, as the server stops. */
  void discard() {
    socket.close();
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
