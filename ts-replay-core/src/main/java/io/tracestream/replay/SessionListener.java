package io.tracestream.replay;

import java.net.InetSocketAddress;

/**
 * Called when sessions begin and end: on a thread of its own, one call at a time, in the order of
 * what happened. What it throws is logged. A listener that is slow holds up no session; but
 * {@link ReplayServer#awaitConnections} returns only after it has been called for all of them.
 */
public interface SessionListener {
  /** Logs how each session ended, in one line. This is the default. */
  SessionListener LOGGING = SessionLog::ended;

  /**
   * A connection was made, and its session begins.
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
