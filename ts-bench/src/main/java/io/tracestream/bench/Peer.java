package io.tracestream.bench;

import java.io.IOException;
import java.util.List;

/**
 * What stands between clients and target.
 *
 * @param name as in the table and in {@code --peers}
 * @param rank what it is compared as
 * @param launch how it is started
 */
record Peer(String name, Rank rank, Launch launch) {
  /** What an entry of a job is compared as. */
  enum Rank {
    /** This project's. */
    OURS,
    /** Somebody else's: ours is compared to the best of these. */
    OTHER,
    /** Does less than the job asks, as a proxy that does not record. */
    PLAIN,
    /** Does only what no proxy can save, as no proxy at all, or the plain write of a file. */
    LIMIT
  }

  /** Makes a command line. */
  interface Launch {
    /**
     * The command that listens and forwards as {@code place} says; configuration files go into its
     * folder. Empty where clients are to talk to the target itself.
     */
    List<String> command(Place place) throws IOException;
  }
}
