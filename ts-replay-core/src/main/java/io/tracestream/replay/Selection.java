package io.tracestream.replay;

/** Which of several recorded conversations a connection plays. */
public enum Selection {
  /** The next one, in their order. */
  ORDER,
  /**
   * The first one that agrees with all frames so far, of those not played yet. Which one that is
   * may change while several agree.
   */
  MATCH
}
