package io.tracestream.proxy;

import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a listener throws from the event loop: logs it. */
final class GuardedListener implements ProxyListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  private final ProxyListener listener;

  GuardedListener(ProxyListener listener) {
    this.listener = listener;
  }

  @Override
  public void opened(long connection, InetSocketAddress client) {
    guard(connection, () -> listener.opened(connection, client));
  }

  @Override
  public void failed(long connection, String reason) {
    guard(connection, () -> listener.failed(connection, reason));
  }

  @Override
  public void closed(long connection) {
    guard(connection, () -> listener.closed(connection));
  }

  private static void guard(long connection, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.error("connection {}: listener: found {}, expected none", connection, e.toString(), e);
    }
  }
}
