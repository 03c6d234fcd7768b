package io.tracestream.replay;

import io.tracestream.engine.Ending;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameSocket;
import io.tracestream.engine.Payloads;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult.Outcome;
import io.tracestream.rules.LiveValues;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, and the conversation that is played on it: a state machine over a {@link Script},
 * with two places in it. One is the entry that the other side's next frame is compared with; the
 * other is what we send next. A frame of ours is due when all frames of the other side before it
 * were matched and, unless all go at once, its pause has passed: that is counted from when the
 * frame before was due, or matched, so that what one is late by does not add up.
 *
 * <p>Thread: lives and dies on one event loop, so it has no locks. The loop says that the socket is
 * ready; what came is compared, what is due is sent, and then {@link #decide} looks whether the
 * session is over. That is the only place that does.
 *
 * <p>Memory: two places, and what copies need. A peer that does not read what is sent slows down
 * the sending, not the reading, so it may send much before it reads.
 */
final class Session implements FrameSocket.Owner, Payloads {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long SECOND = 1_000_000_000;
  /** How long the other side may go on, once all is sent, before the connection is closed. */
  private static final long GRACE_NANOS = SECOND;
  /** How long frames that were due at a departure wait for being taken. */
  private static final long OWED_NANOS = 60 * SECOND;
  /** What is sent ahead of what the kernel takes, in bytes. */
  private static final int MOST_UNSENT = 64 * 1024;
  /** Matches whose times are kept. */
  private static final int REMEMBERED = 64;
  /** Conversations that are looked at for the one that comes nearest to a frame. */
  private static final int MOST_LOOKED_AT = 100;

  private static final String TOO_MANY =
      "a connection too many: all conversations that agree with it are played to others";

  private final long number;
  private final Role role;
  private final Sessions sessions;
  private final EventLoop loop;
  private InetSocketAddress peer;
  /** Where frames choose the conversation; else null, as is the seat. */
  private Chooser chooser;

  private Chooser.Seat seat;
  /** Whether there is more than one left. */
  private boolean choosing;
  /** What is played, as far as is known; null when all conversations were begun by others. */
  private Script script;

  private FrameSocket socket;
  private boolean begun;
  private long start;

  /** Where the other side's next frame belongs. */
  private Cursor expected;
  /** Where our next frame is: never behind the expected one. */
  private Cursor next;
  /** As they are at the expected entry; null when nothing is copied. */
  private LiveValues values;
  /** The live values in frames of ours that are not sent yet; null when nothing is copied. */
  private Cuts unsent;
  /** What is copied from frames that came, while there is a choice; else null. */
  private Cuts received;

  private long matched;
  /** Payload bytes of matched frames that were compared, and that rules left open. */
  private long compared;

  private long open;
  /** How many of the matched ones the sending has passed. */
  private long passed;
  /** When the frame before was due, or matched; and, with a pause under way, ours is. */
  private long due;

  /** When each of the last matches was, by its number modulo the length; null without pauses. */
  private long[] matchTimes;

  private boolean pausing;
  private EventLoop.Timer pause;
  private long longestLateness;
  private boolean allSent;
  private EventLoop.Timer grace;
  private boolean graceIsOver;
  private EventLoop.Timer patience;
  private boolean patienceIsOver;

  /** What came in the place of the expected entry; null while all agrees. */
  private Kind departure;

  private ByteBuffer found;
  private String reason;
  private IOException failure;
  private boolean over;
  /** Whether what was due at a departure is still being sent. */
  private boolean owing;

  private boolean gone;

  /**
   * A session that has not begun.
   *
   * @param peer the other side, for what is told of it
   */
  Session(long number, Sessions sessions, EventLoop loop, InetSocketAddress peer) {
    this.number = number;
    this.sessions = sessions;
    this.role = sessions.role();
    this.loop = loop;
    this.peer = peer;
    this.start = loop.now();
  }

  long number() {
    return number;
  }

  EventLoop loop() {
    return loop;
  }

  InetSocketAddress peer() {
    return peer;
  }

  /** Plays that conversation; null is a connection too many. */
  void play(Script conversation, FrameSocket on) {
    script = conversation;
    socket = on;
    if (on.isConnected()) {
      begin();
    }
  }

  /** Plays one of those that the chooser has. */
  void play(Chooser which, Chooser.Seat among, FrameSocket on) {
    chooser = which;
    seat = among;
    choosing = true;
    play(which.front(among), on);
  }

  private void begin() {
    begun = true;
    start = System.nanoTime();
    due = start;
    if (script == null) {
      depart(
          Kind.EXTRA_CONNECTION,
          null,
          "a connection too many: all conversations, " + sessions.playlist().size()
              + ", have been played");
    } else {
      script.acquire();
      try {
        open();
      } catch (IOException e) {
        failure = e;
      }
    }
    proceed();
  }

  private void open() throws IOException {
    expected = script.cursor();
    next = script.cursor();
    if (role.copies()) {
      values = new LiveValues(role.rules());
      unsent = new Cuts(role.fieldsIntoSent());
      received = choosing ? new Cuts(role.fieldsFromReceived()) : null;
    }
    matchTimes = role.timing().isAtOnce() ? null : new long[REMEMBERED];
    findExpected();
  }

  // What comes.

  @Override
  public void ready(FrameSocket ready) {
    if (!begun && socket.isConnected()) {
      peer = socket.peer() == null ? peer : socket.peer();
      sessions.connected(this, socket.local());
      begin();
    }
    if (!over && begun) {
      socket.read(this).release();
    }
    proceed();
  }

  @Override
  public void payload(ByteBuffer payload) {
    if (departure == null && failure == null) {
      try {
        compare(payload);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  @Override
  public void largePayload(ByteBuffer[] parts) {
    if (departure == null && failure == null) {
      try {
        // The bytes need to be in one piece only if they differ, or something is taken from them.
        if (!choosing && !role.copies() && equalExpected(parts)) {
          matched(null, length(parts));
        } else {
          compare(joined(parts));
        }
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  private boolean equalExpected(ByteBuffer[] parts) throws IOException {
    if (!expected.isAtEntry()) {
      return false;
    }
    ByteBuffer rest = expectedPayload();
    for (ByteBuffer part : parts) {
      if (part.remaining() > rest.remaining()
          || !part.equals(rest.slice(rest.position(), part.remaining()))) {
        return false;
      }
      rest.position(rest.position() + part.remaining());
    }
    return !rest.hasRemaining();
  }

  private static int length(ByteBuffer[] parts) {
    int length = 0;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    return length;
  }

  private static ByteBuffer joined(ByteBuffer[] parts) {
    ByteBuffer joined = ByteBuffer.allocate(length(parts));
    for (ByteBuffer part : parts) {
      joined.put(part.duplicate());
    }
    return joined.flip();
  }

  private void compare(ByteBuffer frame) throws IOException {
    if (choosing) {
      switch (chooser.frame(seat, expected.entriesBefore(), frame)) {
        case NONE -> {
          departWithNearest(frame);
          return;
        }
        case TAKEN -> {
          goToNearest(frame);
          depart(Kind.EXTRA_CONNECTION, null, TOO_MANY);
          return;
        }
        case FITS -> follow(chooser.front(seat));
      }
    }
    if (!expected.isAtEntry()) {
      if (expected.isAtEnd()) {
        depart(Kind.EXTRA_FRAME, frame, null);
      } // else the recording is damaged here: that is told once all before is sent
      return;
    }
    if (role.comparer().difference(expectedPayload(), frame) >= 0) {
      depart(Kind.DIFFERENT_FRAME, frame, null);
      return;
    }
    matched(frame, frame.remaining());
  }

  private ByteBuffer expectedPayload() throws IOException {
    ByteBuffer recorded = expected.payload();
    return values == null
        ? recorded
        : values.live(expected.entriesBefore(), role.compared(), recorded);
  }

  /** The expected frame came; null where nothing is copied from it. */
  private void matched(ByteBuffer frame, int length) throws IOException {
    matched++;
    int left = role.comparer().openBytes(length);
    compared += length - left;
    open += left;
    if (matchTimes != null) {
      matchTimes[(int) (matched % REMEMBERED)] = System.nanoTime();
    }
    if (values != null) {
      pass(expected, frame);
    }
    if (received != null) {
      received.add(frame);
      requireRoom(received);
    }
    if (chooser != null && matched == 1) {
      chooser.begin(seat);
    }
    expected.next();
    findExpected();
  }

  private void requireRoom(Cuts cuts) throws IOException {
    if (cuts.areTooMany()) {
      throw new IOException(
          script + ": the values to copy take more memory than a session is given;"
              + " copy shorter fields, or of fewer frames");
    }
  }

  /** Goes on to the next entry that is compared, or to where more than one may come. */
  private void findExpected() throws IOException {
    while (true) {
      if (choosing && isWaitingAtFork()) {
        return;
      }
      if (!expected.isAtEntry() || expected.direction() == role.compared()) {
        return;
      }
      if (values != null) {
        passSent(expected, true);
      }
      expected.next();
    }
  }

  /** Says how a frame of ours has to be live, before the other side can see it. */
  private void passSent(Cursor at, boolean isUnsent) throws IOException {
    ByteBuffer recorded = at.payload();
    ByteBuffer live = values.live(at.entriesBefore(), role.sent(), recorded);
    pass(at, live);
    if (isUnsent) {
      unsent.add(live);
      requireRoom(unsent);
    }
  }

  /** A frame passed, as it was live; nobody asks for the values before it any more. */
  private void pass(Cursor at, ByteBuffer live) throws IOException {
    values.settled(at.entriesBefore() + 1);
    values.passed(at.entriesBefore(), at.direction(), at.payload(), live);
  }

  // The choice between conversations.

  /** Whether what comes next chooses; where our own frames part them, the choice is made now. */
  private boolean isWaitingAtFork() throws IOException {
    while (choosing && chooser.isFork(seat, expected.entriesBefore())) {
      boolean goesOn = chooser.settle(seat);
      follow(chooser.front(seat));
      if (!goesOn) {
        return true;
      }
    }
    return false;
  }

  /** Goes over to a conversation that is the same so far. */
  private void follow(Script front) throws IOException {
    if (front != script) {
      Script before = script;
      front.acquire();
      script = front;
      before.release();
      next = script.cursor(next.entriesBefore());
      expected = goAlong(expected.entriesBefore());
    }
    if (chooser.isSettled(seat) && !chooser.isFork(seat, expected.entriesBefore())) {
      settle();
    }
  }

  /** The conversation will not change any more. */
  private void settle() {
    choosing = false;
    received = null;
  }

  /** A place in the conversation, with the values as they are there. */
  private Cursor goAlong(long entriesBefore) throws IOException {
    if (values == null) {
      return script.cursor(entriesBefore);
    }
    values = new LiveValues(role.rules());
    unsent.clear();
    received.rewind();
    Cursor at = script.cursor();
    for (; at.entriesBefore() < entriesBefore; at.next()) {
      if (at.direction() == role.sent()) {
        passSent(at, at.entriesBefore() >= next.entriesBefore());
      } else {
        pass(at, received.putInto(at.payload()));
      }
    }
    return at;
  }

  private void departWithNearest(ByteBuffer frame) throws IOException {
    goToNearest(frame);
    boolean atEnd = !expected.isAtEntry();
    depart(atEnd ? Kind.EXTRA_FRAME : Kind.DIFFERENT_FRAME, frame, null);
  }

  /** Of those that could go on here, goes over to the one that is the nearest to the frame. */
  private void goToNearest(ByteBuffer frame) throws IOException {
    if (!chooser.isFork(seat, expected.entriesBefore())) {
      return;
    }
    Script nearest = script;
    int farthest = -1;
    for (Script one : chooser.expecting(seat, MOST_LOOKED_AT)) {
      int difference = one == script ? difference(expected, frame) : difference(one, frame);
      if (difference > farthest) {
        nearest = one;
        farthest = difference;
      }
    }
    if (nearest != script) {
      follow(nearest);
    }
  }

  private int difference(Script other, ByteBuffer frame) throws IOException {
    other.acquire();
    try {
      return difference(other.cursor(expected.entriesBefore()), frame);
    } finally {
      other.release();
    }
  }

  /** How much of the frame is as it is recorded there; -1 when nothing is. */
  private int difference(Cursor at, ByteBuffer frame) throws IOException {
    if (!at.isAtEntry()) {
      return -1;
    }
    int difference = role.comparer().difference(at.payload(), frame);
    return difference < 0 ? Integer.MAX_VALUE : difference;
  }

  // What goes.

  /** Compares, sends and decides once more; after anything that may have changed the outcome. */
  private void proceed() {
    if (!over) {
      try {
        if (begun && script != null && failure == null) {
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
      if (begun && script != null) {
        script.release();
      }
      sessions.gone(this);
    }
  }

  /** Sends what is due, as far as the other side takes it. */
  private void send() throws IOException {
    while (next.entriesBefore() < expected.entriesBefore()) {
      if (next.direction() == role.compared()) {
        passMatched();
      } else if (isPausing()) {
        break;
      } else if (isFull()) {
        return; // and comes back when some of it was taken
      } else {
        sendOne();
      }
    }
    socket.flush();
  }

  private void passMatched() throws IOException {
    next.next();
    passed++;
    if (matchTimes != null && matched - passed < REMEMBERED) {
      due = Math.max(due, matchTimes[(int) (passed % REMEMBERED)]);
    } // else the client runs far ahead, and does not set the pace
  }

  private void sendOne() throws IOException {
    if (pausing) {
      pausing = false;
      longestLateness = Math.max(longestLateness, System.nanoTime() - due);
    }
    ByteBuffer recorded = next.payload();
    if (unsent == null) {
      socket.send(recorded);
    } else {
      socket.send(unsent.putInto(recorded));
      unsent.forgetTaken();
    }
    next.next();
  }

  /** Whether the other side is behind with taking what was sent. */
  private boolean isFull() {
    if (socket.unsent() < MOST_UNSENT) {
      return false;
    }
    socket.flush();
    return socket.unsent() >= MOST_UNSENT;
  }

  /** Whether the time of our next frame has not come. */
  private boolean isPausing() throws IOException {
    if (role.timing().isAtOnce() || departure != null) {
      return false;
    }
    if (!pausing) {
      pausing = true;
      due += role.pauseNanos(next);
    }
    long left = due - System.nanoTime();
    if (left > 0 && pause == null) {
      pause = loop.after(left, () -> {
        pause = null;
        guarded();
      });
    }
    return left > 0;
  }

  /** A timer's way in: the loop knows nothing of whom it belongs to. */
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
      owing = next.entriesBefore() < expected.entriesBefore() && socket.sendFailure() == null;
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
      LOG.warn("{} {} {}", this, role.compared(), stuck);
    }
    if (over && loop.now() - socket.lastActive() > OWED_NANOS) {
      socket.close();
      proceed();
    }
  }

  // What becomes of it.

  /** The one place that ends a session. */
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
      conclude(Outcome.DIFFERED);
    }
  }

  private void lookAtTheEnd() throws IOException {
    if (!begun) {
      if (socket.ending() != null) {
        throw new IOException(socket.ending().text());
      }
      return;
    }
    boolean allPassed = next.entriesBefore() == expected.entriesBefore();
    if (allPassed && expected.damage() != null) {
      throw expected.damage();
    }
    boolean nothingUnsent = socket.unsent() == 0 && socket.sendFailure() == null;
    allSent |= allPassed && expected.isAtEnd() && nothingUnsent;
    Ending ending = socket.ending();
    if (ending != null) {
      ended(ending);
    } else if (allSent && graceIsOver) {
      graceEnded();
    } else if (patienceIsOver) {
      lostPatience(socket.unsent() > 0);
    } else {
      waitOn();
    }
  }

  /** Nothing more will come. */
  private void ended(Ending ending) throws IOException {
    if (ending.kind() == Ending.Kind.HOARDED) {
      throw new IOException(role.peer() + " was broken off: " + ending.text());
    }
    if (ending.isBadFrame()) {
      depart(Kind.BAD_FRAME, null, "a bad frame: " + ending.text());
      return;
    }
    if (!expected.isAtEnd() && choosing && endHere()) {
      return;
    }
    String broken = socket.sendFailure() != null
        ? socket.sendFailure()
        : ending.isClean() ? null : ending.text();
    if (allSent) {
      complete();
    } else if (expected.isAtEnd()) {
      if (broken != null) {
        depart(Kind.NOT_TAKEN, null, role.peer() + " gone: " + broken);
      } else if (patienceIsOver) {
        depart(
            Kind.NOT_TAKEN,
            null,
            role.peer() + " reading nothing for " + role.patience().toMillis() / 1e3 + " s");
      } else {
        waitOn();
      }
    } else if (expected.damage() == null) {
      if (broken == null) {
        depart(Kind.EARLY_END, null, role.peer() + "'s end");
      } else {
        depart(Kind.CONNECTION_LOST, null, role.peer() + " gone: " + broken);
      }
    } else if (broken != null) {
      throw expected.damage();
    }
  }

  /** Whether a conversation ends where the client does; then it is the one that was played. */
  private boolean endHere() throws IOException {
    if (!chooser.endHere(seat, expected.entriesBefore())) {
      return false;
    }
    follow(chooser.front(seat));
    settle();
    proceed();
    return true;
  }

  private void graceEnded() {
    if (socket.partialBytes() > 0) {
      depart(
          Kind.BAD_FRAME,
          null,
          "a bad frame: byte " + socket.received() + ": only its first " + socket.partialBytes()
              + " bytes have come");
    } else {
      complete();
    }
  }

  /** The other side did all that was recorded. */
  private void complete() {
    if (isOneTooMany()) {
      depart(Kind.EXTRA_CONNECTION, null, TOO_MANY);
    } else {
      conclude(Outcome.MATCHED);
    }
  }

  private boolean isOneTooMany() {
    return seat != null && !chooser.end(seat, expected.entriesBefore());
  }

  /** Nothing came for too long. */
  private void lostPatience(boolean unsent) throws IOException {
    long nanos = role.patienceNanos(expected);
    depart(
        Kind.NOTHING_CAME,
        null,
        (socket.partialBytes() == 0
                ? "nothing"
                : "only " + socket.partialBytes() + " bytes of a frame, and nothing more")
            + " for " + Math.round(nanos / 1e6) / 1e3 + " s"
            + (unsent ? ", nor is what we send being read" : ""));
  }

  private void waitOn() throws IOException {
    socket.wantFrames(expected.damage() == null && (unsent == null || !unsent.areMany()));
    if (allSent) {
      socket.end();
      if (grace == null) {
        grace = loop.after(GRACE_NANOS, () -> {
          graceIsOver = true;
          guarded();
        });
      }
    } else if (role.patience() != null && patience == null) {
      watchPatience();
    }
  }

  private void watchPatience() throws IOException {
    patience = loop.after(Math.max(patienceLeft(), 0), () -> {
      patience = null;
      socket.flush(); // the kernel reports room late, but takes bytes as soon as it has any
      try {
        patienceIsOver = !over && !allSent && patienceLeft() <= 0;
      } catch (IOException e) {
        failure = e;
      }
      guarded();
      patienceIsOver = false;
    });
  }

  /** Counted from when something last came or went, or is to go. */
  private long patienceLeft() throws IOException {
    long since = pausing ? Math.max(socket.busyUntil(), due) : socket.busyUntil();
    return since + role.patienceNanos(expected) - System.nanoTime();
  }

  private void depart(Kind kind, ByteBuffer frame, String why) {
    departure = kind;
    reason = why;
    if (frame != null) {
      found = ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
    }
  }

  private void conclude(Outcome outcome) {
    SessionResult result = result(outcome);
    over = true; // not before: without memory for its result it ends as a broken one
    cancel(pause);
    cancel(grace);
    cancel(patience);
    if (seat != null) {
      chooser.leave(seat);
    }
    sessions.ended(this, result);
    owing = outcome == Outcome.DIFFERED && script != null && departure != Kind.NOT_TAKEN;
    if (owing) {
      socket.wantFrames(false);
      sendOwed();
    } else {
      socket.finish();
    }
  }

  private static void cancel(EventLoop.Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private SessionResult result(Outcome outcome) {
    SessionResult result = SessionResult.of(number, peer, outcome)
        .withRecording(script == null ? null : script.toString())
        .withEntriesMatched(matched)
        .withBytes(compared, open)
        .withLongestLateness(Duration.ofNanos(longestLateness))
        .withTook(Duration.ofNanos(System.nanoTime() - start));
    return switch (outcome) {
      case DIFFERED -> result.withMismatch(mismatch());
      case BROKEN -> result.withDamage(String.valueOf(failure.getMessage()));
      default -> result;
    };
  }

  private Mismatch mismatch() {
    if (script == null) {
      return mismatch(Place.of(sessions.playlist().toString(), role.compared(), 1, 0, 0));
    }
    Cursor at = departure == Kind.NOT_TAKEN ? next : expected;
    try {
      Mismatch mismatch = mismatch(at.place(role.compared()));
      if (at.isAtEntry()) {
        ByteBuffer payload = at == expected ? expectedPayload() : at.payload();
        mismatch = mismatch.withExpected(at.entry(payload));
      }
      return found == null
          ? mismatch
          : mismatch.withNearby(at.nearest(found, role.comparer(), role.compared()));
    } catch (IOException e) { // the recording cannot be read now: say what is known without it
      return mismatch(Place.of(script.toString(), role.compared(), at.entriesBefore() + 1, 0, 0));
    }
  }

  private Mismatch mismatch(Place place) {
    return Mismatch.of(departure, number, peer, place, role.rules())
        .withFound(found == null ? null : found.array())
        .withReason(reason);
  }

  /** The server stops: a session that is not over is incomplete. */
  void close() {
    if (!over) {
      boolean complete =
          allSent && departure == null && socket.partialBytes() == 0 && !isOneTooMany();
      conclude(complete ? Outcome.MATCHED : Outcome.INCOMPLETE);
      if (!complete) {
        socket.close();
      }
      proceed();
    }
  }

  @Override
  public void stop(Throwable cause) {
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

  /** It could not begin; its connection is closed. */
  void abandon(Throwable cause) {
    if (socket != null) {
      stop(cause);
      return;
    }
    over = true;
    gone = true;
    boolean isGone = cause instanceof IOException; // the client has left
    sessions.ended(
        this,
        SessionResult.of(number, peer, isGone ? Outcome.INCOMPLETE : Outcome.BROKEN)
            .withDamage(isGone ? null : cause.toString()));
    sessions.gone(this);
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
