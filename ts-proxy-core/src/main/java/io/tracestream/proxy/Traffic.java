package io.tracestream.proxy;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one event loop has carried. Connections do their own counting; they are summed up only on
 * demand. For the loop's thread, except {@link #counted}.
 */
final class Traffic {
  private final LongSupplier recordedBytes;
  private final Set<Connection> open = new HashSet<>();
  private ProxyStats closed = ProxyStats.NONE;
  private volatile ProxyStats counted = ProxyStats.NONE;

  Traffic(LongSupplier recordedBytes) {
    this.recordedBytes = recordedBytes;
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
    counted = sum.withRecordedBytes(recordedBytes.getAsLong());
  }

  /** The last sum. For any thread. */
  ProxyStats counted() {
    return counted;
  }
}
