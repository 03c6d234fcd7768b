package io.tracestream.proxy;

import io.tracestream.engine.EventLoop;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop has carried. Connections do their own counting; they are summed up only on
 * demand. For the loop's thread, except {@link #counted}.
 */
final class Traffic {
  /** Null if nothing is recorded. */
  private final @Nullable Recorders recorders;

  private final EventLoop loop;
  private final Set<Connection> open = new HashSet<>();
  private ProxyStats closed = ProxyStats.NONE;
  private volatile ProxyStats counted = ProxyStats.NONE;

  Traffic(@Nullable Recorders recorders, EventLoop loop) {
    this.recorders = recorders;
    this.loop = loop;
  }

  void opened(Connection connection) {
    open.add(connection);
  }

  void closed(Connection connection) {
    if (open.remove(connection)) {
      closed = closed.plus(connection.stats());
    }
  }

  /** Sums up. */
  void count() {
    ProxyStats sum = closed;
    for (Connection connection : open) {
      sum = sum.plus(connection.stats());
    }
    counted = recorders == null
        ? sum
        : sum.withRecorded(recorders.length(loop), recorders.unwritten(loop));
  }

  /** The last sum. For any thread. */
  ProxyStats counted() {
    return counted;
  }
}
