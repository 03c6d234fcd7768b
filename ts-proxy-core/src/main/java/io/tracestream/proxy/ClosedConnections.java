package io.tracestream.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How many connections have been closed: counted on event loops, waited for by anyone. */
final class ClosedConnections {
  private long count;

  synchronized void add() {
    count++;
    notifyAll();
  }

  /** Waits until there are so many; false when the time is over before. */
  synchronized boolean await(long wanted, Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    // At most so long as this cannot overflow: centuries.
    long most = Math.min(TimeUnit.NANOSECONDS.convert(timeout), Long.MAX_VALUE / 2);
    while (count < wanted) {
      long left = most - (System.nanoTime() - start);
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
