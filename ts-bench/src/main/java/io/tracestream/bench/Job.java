package io.tracestream.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Something to be measured with several peers.
 *
 * @param name as in the table
 * @param unit of the figures
 * @param gib payload that passes in one run, in GiB; 0 where that says nothing
 * @param entries who takes part
 */
record Job(String name, Unit unit, double gib, List<Entry> entries) {
  /** The same with those entries only whose peers are named. */
  Job withPeers(Collection<String> names) {
    return new Job(
        name,
        unit,
        gib,
        entries.stream().filter(each -> names.contains(each.peer())).toList());
  }

  /** What a figure counts. */
  enum Unit {
    MIB_PER_SECOND("MiB/s", true),
    ROUND_TRIPS_PER_SECOND("rt/s", true),
    CONNECTIONS_PER_SECOND("conn/s", true),
    KIB_PER_CONNECTION("KiB each", false),
    MILLIS("ms", false);

    private final String text;
    private final boolean moreIsBetter;

    Unit(String text, boolean moreIsBetter) {
      this.text = text;
      this.moreIsBetter = moreIsBetter;
    }

    boolean moreIsBetter() {
      return moreIsBetter;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * One who takes part.
   *
   * @param peer its name
   * @param rank what it is compared as
   * @param run does the job once, in fresh processes
   */
  record Entry(String peer, Peer.Rank rank, Run run) {}

  /** Measures once. */
  interface Run {
    Sample measure() throws IOException, InterruptedException;
  }

  /**
   * What was found.
   *
   * @param job what was measured
   * @param medians of each entry that has a figure, over the rounds
   */
  record Result(Job job, Map<Entry, Sample> medians) {}
}
