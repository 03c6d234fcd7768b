package io.tracestream.replay;

import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener of the user's: what it throws is logged, and harms no session. */
final class GuardedListener implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  private final SessionListener listener;

  GuardedListener(SessionListener listener) {
    this.listener = listener;
  }

  @Override
  public void started(long connection, InetSocketAddress peer) {
    try {
      listener.started(connection, peer);
    } catch (RuntimeException | Error e) { // such as an assertion of a test
      thrown(connection, e);
    }
  }

  @Override
  public void ended(SessionResult result) {
    try {
      listener.ended(result);
    } catch (RuntimeException | Error e) { // such as an assertion of a test
      thrown(result.connection(), e);
    }
  }

  private static void thrown(long connection, Throwable e) {
    LOG.error("connection {}: its listener: found {}, expected none", connection, e.toString(), e);
  }
}
