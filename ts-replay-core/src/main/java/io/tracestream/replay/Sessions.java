package io.tracestream.replay;

import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a server, a verification or a load: those that run, and how the others ended. For
 * any number of threads.
 */
class Sessions {
  /** How long connections that are over may take to close. */
  private static final long CLOSE_NANOS = 800_000_000;

  private final Role role;
  private final Playlist playlist;
  private final SessionListener listener;
  private final Engine engine;

  // All guarded by this.
  private final Set<Session> open = new HashSet<>();
  private Verdict verdict = Verdict.NONE;
  /** What sessions with closed connections have received. */
  private long goneFrames;

  private long goneBytes;
  /** Sessions that have played everything, with their result if nothing more comes. */
  private final Map<Session, SessionResult> held = new HashMap<>();
  /** How many ends the listener has been called for. */
  private long told;

  private boolean closing;
  /** Not guarded: it only improves a hint. */
  private volatile boolean hasClosed;

  /** Why an event loop could not go on; null while all is well. */
  private @Nullable Throwable failure;

  Sessions(Role role, Playlist playlist, SessionListener listener, Engine engine) {
    this.role = role;
    this.playlist = playlist;
    this.listener = listener;
    this.engine = engine;
  }

  Role role() {
    return role;
  }

  Playlist playlist() {
    return playlist;
  }

  /** A session is about to begin; false if none may begin any more. */
  boolean opened(Session session) {
    synchronized (this) {
      if (closing) {
        return false;
      }
      open.add(session);
    }
    started(session.number(), session.peer());
    return true;
  }

  /** Lets the listener know. */
  void started(long number, InetSocketAddress peer) {
    engine.tell(() -> listener.started(number, peer));
  }

  /** A connection was lost before its session was made. */
  void lost(long number, InetSocketAddress peer, Throwable cause) {
    boolean hasLeft = cause instanceof IOException;
    SessionResult result = SessionResult.of(
            number, peer, hasLeft ? Outcome.INCOMPLETE : Outcome.BROKEN)
        .withDamage(hasLeft ? null : cause.toString());
    synchronized (this) {
      if (closing) {
        return;
      }
      verdict = verdict.plus(result);
    }
    started(number, peer);
    tell(result);
    engine.tell(this::countTold);
  }

  /** A target was connected to. */
  void connected(Session session, InetSocketAddress local) {}

  /** A session is over; its connection may still be closing. On its loop. */
  void ended(Session session, SessionResult result) {
    boolean counted;
    synchronized (this) {
      verdict = verdict.plus(result);
      counted = held.remove(session) != null;
    }
    tell(result);
    if (!counted) {
      engine.tell(this::countTold);
    }
  }

  /** Lets the listener know. */
  void tell(SessionResult result) {
    engine.tell(() -> listener.ended(result));
  }

  /**
   * Everything was played, and the connection stays open for the client to end it: counts as ended,
   * once.
   *
   * @param result how it ends if nothing more comes
   */
  void held(Session session, SessionResult result) {
    synchronized (this) {
      held.put(session, result);
    }
    engine.tell(this::countTold);
  }

  /** We were the first to end a connection, as its recording had ended. */
  void endedFirst() {
    hasClosed = true;
  }

  boolean hasEndedFirst() {
    return hasClosed;
  }

  private synchronized void countTold() {
    told++;
    notifyAll();
  }

  /** The connection of a session that is over is closed. */
  synchronized void gone(Session session) {
    if (open.remove(session)) {
      goneFrames += session.framesReceived();
      goneBytes += session.bytesReceived();
    }
    notifyAll();
  }

  /** How many connections are open. */
  synchronized int openCount() {
    return open.size();
  }

  /** What has been received. A loop that is too busy to count its sessions is left out. */
  ReplayStats stats() {
    Map<EventLoop, List<Session>> sessions = new HashMap<>();
    LongAdder frames = new LongAdder();
    LongAdder bytes = new LongAdder();
    int count;
    synchronized (this) {
      count = open.size();
      frames.add(goneFrames);
      bytes.add(goneBytes);
      open.forEach(session ->
          sessions.computeIfAbsent(session.loop(), loop -> new ArrayList<>()).add(session));
    }
    long delay = engine.askLoops(loop -> {
      for (Session session : sessions.getOrDefault(loop, List.of())) {
        frames.add(session.framesReceived());
        bytes.add(session.bytesReceived());
      }
    });
    return new ReplayStats(count, frames.sum(), bytes.sum(), delay);
  }

  Verdict verdict() {
    Verdict now;
    synchronized (this) {
      now = verdict;
      for (SessionResult result : held.values()) {
        now = now.plus(result);
      }
    }
    now = now.withNotPlayed(playlist.notPlayed()).withNotes(playlist.notes());
    if (now.played() > 0) {
      now = now.withUnusedRules(role.use().unused());
    }
    if (now.compared() == 0 && now.open() > 0) {
      now = now.withNotes(List.of("the rules leave every byte of every frame open"));
    }
    return role.isClient() ? now.withMustCompare() : now;
  }

  /** An event loop failed: nothing more can be played. On that loop. */
  synchronized void fail(Throwable cause) {
    failure = cause;
    closing = true;
    notifyAll();
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /**
   * Waits until that many sessions have ended and the listener has been called for all that
   * happened before; false if they never will, or not in time.
   */
  boolean await(long ended, Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    long most = Timing.nanos(timeout);
    CountDownLatch heard = new CountDownLatch(1);
    engine.tell(() -> {
      heard.countDown();
      wakeUp();
    });
    synchronized (this) {
      while (told < ended || heard.getCount() > 0 && !closing && !engine.isCallback()) {
        long left = most - (System.nanoTime() - start);
        if (left <= 0 || told < ended && isOver()) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return true;
    }
  }

  private boolean isOver() {
    return closing && open.isEmpty() && told == verdict.played();
  }

  private synchronized void wakeUp() {
    notifyAll();
  }

  /** Stops those that are under way, and lets those that are over close their connections. */
  void close() {
    for (Session session : beginClosing()) {
      session.loop().execute(session::close);
    }
    boolean interrupted = Thread.interrupted();
    try {
      awaitNoneOpen();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    engine.close();
    wakeUp();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Session> beginClosing() {
    closing = true;
    return List.copyOf(open);
  }

  private synchronized void awaitNoneOpen() throws InterruptedException {
    long start = System.nanoTime();
    for (long left = CLOSE_NANOS; left > 0 && !open.isEmpty(); ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = CLOSE_NANOS - (System.nanoTime() - start);
    }
  }
}
