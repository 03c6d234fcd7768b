package io.tracestream.junit;

import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;

/** What the clients of a test, or of all tests of a class, are served by. */
interface Run {
  /** Where clients connect. */
  InetSocketAddress address();

  /**
   * What a replay found so far.
   *
   * @throws IllegalStateException while recording
   */
  Verdict verdict();

  /**
   * Ends it, once clients have had a moment to end themselves, and says what is wrong.
   *
   * @param end how the tests ended that it served
   * @throws AssertionError when a client did not do what it was to do
   */
  void end(TestEnd end) throws IOException, InterruptedException;
}
