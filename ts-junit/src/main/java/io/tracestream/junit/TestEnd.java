package io.tracestream.junit;

import org.opentest4j.TestAbortedException;

/** How tests ended, from the best to the worst. */
enum TestEnd {
  PASSED,
  /** An assumption did not hold: what clients did says nothing. */
  ABORTED,
  FAILED;

  /** {@code thrown} is null when nothing was. */
  static TestEnd of(Throwable thrown) {
    if (thrown == null) {
      return PASSED;
    }
    return thrown instanceof TestAbortedException ? ABORTED : FAILED;
  }

  TestEnd and(TestEnd other) {
    return compareTo(other) > 0 ? this : other;
  }
}
