package io.tracestream.replay;

/** When the entries that are due are sent. */
public enum Timing {
  /** With the recorded pauses between entries, each counted from the frame before. */
  ORIGINAL,
  /** At once. */
  NONE
}
