package io.tracestream.replay;

/**
 * When the requests of some clients are due: at fixed times, evenly spread over the clients in
 * turn. All times are in nanoseconds from the beginning.
 *
 * @param perSecond requests per second, all clients together, above 0
 * @param clients how many clients there are
 */
record Rate(double perSecond, int clients) {
  /** When that request of that client is due, both counted from 0. */
  long due(int client, long request) {
    return (long) ((client + (double) request * clients) * 1e9 / perSecond);
  }

  /** How many requests of that client are due by then. */
  long dueBy(int client, long nanos) {
    double all = nanos * perSecond / 1e9 - client;
    return all < 0 ? 0 : (long) (all / clients) + 1;
  }
}
