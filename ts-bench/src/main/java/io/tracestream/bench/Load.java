package io.tracestream.bench;

import java.io.IOException;

/** Clients with their connections open, ready to send. Belongs to one thread. */
interface Load extends AutoCloseable {
  /**
   * Sends that many frames, and waits for everything that has to come back. To be called again, for
   * more on the same connections.
   *
   * @throws IOException when something else came back, or nothing for too long
   */
  Timed send(int count) throws IOException;

  /** Closes the connections. */
  @Override
  void close() throws IOException;

  /**
   * How long it took.
   *
   * @param nanos from the first byte sent to the last one received
   * @param p50Nanos median of the round trips, in nanoseconds; 0 where single ones were not timed
   * @param p99Nanos 99th percentile of the round trips, likewise
   */
  record Timed(long nanos, long p50Nanos, long p99Nanos) {}
}
