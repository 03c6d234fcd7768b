package io.tracestream.replay;

import java.net.InetSocketAddress;

/**
 * Is told what becomes of sessions. Called on the session's own thread, never between two frames: a
 * listener that waits holds up that one session's end. What it throws is logged.
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
