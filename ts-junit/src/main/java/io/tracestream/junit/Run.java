package io.tracestream.junit;

import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The server for the clients of one test, or of all tests of a class. */
abstract class Run {
  /** How the tests that used it ended, from best to worst. */
  enum End {
    PASSED,
    /** Some tests of the class are disabled; the others passed. */
    SOME_DISABLED,
    /** Some tests of the class were not selected; the others passed. */
    SOME_NOT_SELECTED,
    /** An assumption failed, so clients may have stopped anywhere. */
    ABORTED,
    FAILED
  }

  /** How many clients have connected. */
  final AtomicLong connected = new AtomicLong();

  /** Where clients connect. */
  abstract InetSocketAddress address();

  /**
   * The verdict of the replay so far.
   *
   * @throws IllegalStateException while recording
   */
  abstract Verdict verdict();

  /**
   * Why connections were closed on clients that may have an error because of that; null if none
   * was. What this returns is not reported again at the end.
   */
  abstract @Nullable String explanation();

  /** Waits briefly for clients that have not connected yet or are still closing. */
  abstract void awaitClients(End end) throws InterruptedException;

  /**
   * Stops the server and reports what is wrong.
   *
   * @throws AssertionError when a client did not do what was expected of it
   */
  abstract void end(End end) throws IOException;

  /** What people should know though it is no reason to fail; one line each. */
  abstract List<String> notes();

  /** Waits until that many connections are over; returns false on timeout. */
  abstract boolean awaitConnections(long count, Duration timeout) throws InterruptedException;

  /**
   * Waits for the expected connections and for all others, even those opened meanwhile.
   *
   * @param timeout how long to wait
   * @param grace how much longer to wait for those that are connected
   */
  final void awaitClients(long expected, Duration timeout, Duration grace)
      throws InterruptedException {
    if (!awaitClients(expected, timeout)) {
      awaitClients(0, grace);
    }
  }

  private boolean awaitClients(long expected, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long count;
    boolean over;
    do {
      count = Math.max(expected, connected.get());
      over = awaitConnections(count, Duration.ofNanos(deadline - System.nanoTime()));
    } while (over && connected.get() > count);
    return over;
  }

  /** The address as it is written in a URL. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
