package io.tracestream.replay;

import java.net.InetSocketAddress;

/**
 * Is told what becomes of sessions: on a thread of its own, call by call in the order of what
 * happened. What it throws is logged. While it waits, no session does, but only it hears of
 * nothing, and nobody who {@linkplain ReplayServer#awaitConnections awaits} connections sees those
 * of which it was not told.
 */
public interface SessionListener {
  /** Says in the log how each session ended, a line each: what there is without a listener. */
  SessionListener LOGGING = new LoggingListener();

  /**
   * A connection was made, and its play begins.
   *
   * @param connection its number, from 1
   * @param peer the other side's address
   */
  default void started(long connection, InetSocketAddress peer) {}

  /**
   * A session is over. Its connection may still be closing.
   *
   * @param result how it ended
   */
  void ended(SessionResult result);
}
