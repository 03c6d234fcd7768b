package io.tracestream.replay;

import java.io.IOException;

/** One connection's turn at the recorded conversations, from its accepting to its end. */
interface Turn {
  /** Opens what may be played; null when all conversations have been. */
  Candidates open() throws IOException;

  /** The turn is over; closes what was opened. */
  void over() throws IOException;
}
