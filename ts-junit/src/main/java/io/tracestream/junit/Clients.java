package io.tracestream.junit;

import io.tracestream.proxy.ProxyListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who came to a proxy, and who is still there. For any number of threads. */
final class Clients implements ProxyListener {
  private final Set<Long> open = new HashSet<>();
  private final List<String> failures = new ArrayList<>();
  private int count;

  @Override
  public synchronized void opened(long connection, InetSocketAddress client) {
    count++;
    open.add(connection);
  }

  @Override
  public synchronized void failed(long connection, String reason) {
    failures.add("connection " + connection + ": " + reason);
  }

  @Override
  public synchronized void closed(long connection) {
    open.remove(connection);
    notifyAll();
  }

  /** Waits until so many came and all are gone, but no longer than that. */
  synchronized void awaitEnd(int due, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long millis = timeout.toMillis();
    while ((count < due || !open.isEmpty()) && millis > 0) {
      wait(millis);
      millis = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  synchronized int count() {
    return count;
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }
}
