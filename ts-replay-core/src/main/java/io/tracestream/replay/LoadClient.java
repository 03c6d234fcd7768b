package io.tracestream.replay;

import io.tracestream.engine.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One client of a {@link Load}: it plays conversations one after the other, each on a connection of
 * its own. It says when its requests are due, and measures how long replies take.
 *
 * <p>Thread: that of its loop, for life.
 */
final class LoadClient {
  private final Load load;
  private final EventLoop loop;
  private final Role role;
  private final int index;
  private final Unanswered unanswered = new Unanswered();
  /** Null until it has played something. */
  private @Nullable Session session;
  /** How many conversations it has begun. */
  private long rounds;
  /** How many requests it has sent, in all conversations. */
  private long asked;
  /** When the last reply came; {@link Load#NEVER} before that. */
  private long lastReply = Load.NEVER;
  /** Whether it is known how its first connection went. */
  private boolean hasTried;

  LoadClient(Load load, EventLoop loop, Role role, int index) {
    this.load = load;
    this.loop = loop;
    this.role = role;
    this.index = index;
  }

  EventLoop loop() {
    return loop;
  }

  Role role() {
    return role;
  }

  int index() {
    return index;
  }

  long rounds() {
    return rounds;
  }

  long lastReply() {
    return lastReply;
  }

  /** A connection was made, or could not be: whether it was the first one. */
  boolean triesFirst() {
    boolean isFirst = !hasTried;
    hasTried = true;
    return isFirst;
  }

  /** A new conversation begins. */
  void begins(Session next, Script script) {
    rounds++;
    session = next;
    unanswered.clear(script.answersEach());
  }

  /** The load has begun, or is over. */
  void resume() {
    if (session != null) {
      session.resume();
    }
  }

  // What its session asks.

  /** Whether requests may be sent: not before all clients are connected, and not after the end. */
  boolean mayAsk() {
    return load.isOn();
  }

  /** Whether the load is over, and only replies to what was sent are waited for. */
  boolean isWrappingUp() {
    return load.isWrappingUp();
  }

  /** Whether a request may still be answered before another one is sent. */
  boolean isWaiting() {
    return unanswered.isAny();
  }

  /** Whether a rate says when requests are due. */
  boolean hasRate() {
    return load.hasRate();
  }

  /** When the time of its first conversation begins. */
  long begins() {
    return load.begins(index);
  }

  /** When the next request is due, if there is a rate. */
  long due() {
    return load.due(index, asked);
  }

  /** How many requests were due by then, and could not be sent for want of a reply. */
  long overdueAt(long nanos) {
    boolean canAsk = session != null && session.isPlaying() && !isWaiting();
    return canAsk ? 0 : Math.max(0, load.dueBy(index, nanos) - asked);
  }

  // What its session tells.

  /** A request of so many bytes is sent, which was due then. */
  void asks(long number, long due, int length) {
    asked++;
    unanswered.add(number, due);
    load.asked(due, length);
  }

  /** An expected frame came; {@code request} is the number of the request it is tied to, or -1. */
  void came(long request, int length) {
    lastReply = System.nanoTime();
    long due = unanswered.take(request);
    load.came(lastReply, length);
    if (due != Unanswered.NONE) {
      load.answered(due, lastReply);
    }
  }
}
