package io.tracestream.junit;

import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What the clients of a test, or of all tests of a class, are served by. */
abstract class Run {
  /** How the tests ended that it served, from the best to the worst. */
  enum End {
    PASSED,
    /** An assumption did not hold: what clients left undone says nothing. */
    ABORTED,
    FAILED
  }

  /** How many clients came; counted by whoever is told of them. */
  final AtomicLong came = new AtomicLong();

  /** Where clients connect. */
  abstract InetSocketAddress address();

  /**
   * What a replay found so far.
   *
   * @throws IllegalStateException while recording
   */
  abstract Verdict verdict();

  /** Gives clients a moment to come, if these tests were to have some, and to end themselves. */
  abstract void awaitClients(End end) throws InterruptedException;

  /**
   * Ends it, and says what is wrong.
   *
   * @throws AssertionError when a client did not do what it was to do
   */
  abstract void end(End end) throws IOException;

  /** Waits until so many connections are over; false when the time was over before. */
  abstract boolean awaitConnections(long count, Duration timeout) throws InterruptedException;

  /** Waits for as many as are to come, and for all that came: more may while it waits. */
  final void awaitClients(long due, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long count;
    boolean over;
    do {
      count = Math.max(due, came.get());
      over = awaitConnections(count, Duration.ofNanos(deadline - System.nanoTime()));
    } while (over && came.get() > count);
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
