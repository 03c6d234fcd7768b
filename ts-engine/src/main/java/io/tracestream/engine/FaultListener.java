package io.tracestream.engine;

import io.tracestream.rules.Fault;

/** Hears of the faults that are done to frames. Called on the loop's thread; must not throw. */
public interface FaultListener {
  /**
   * A fault is about to be done to a frame.
   *
   * @param frame which one of its direction and connection, from 1
   * @param fault what is done to it
   */
  void injected(long frame, Fault fault);
}
