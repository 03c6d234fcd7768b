package io.tracestream.replay;

/** In which order a {@link Verifier} takes the target's frames. */
public enum Order {
  /**
   * A frame that a {@link io.tracestream.rules.Copy} ties to a request may come at any time after
   * that request. All others come in the recorded order.
   */
  ANY,
  /** The recorded order. */
  STRICT
}
