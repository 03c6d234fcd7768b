package io.tracestream.testing;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process does, and leaves it the processor meanwhile. */
public final class Await {
  private static final long DEADLINE_SECONDS = 120;

  private Await() {}

  /** Something that another thread or process makes true. */
  public interface Condition {
    boolean holds() throws IOException;
  }

  /** Whether the condition held before the deadline. */
  public static boolean until(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return true;
  }
}
