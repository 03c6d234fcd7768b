package io.tracestream.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs each job with its entries in turn, several rounds. The first round warms up this JVM and the
 * machine, and is not counted.
 */
final class Comparison {
  private final int rounds;
  private final PrintStream log;
  private boolean failed;

  /**
   * Nothing has run yet.
   *
   * @param rounds that count
   * @param log gets a line for each job, and for each entry that failed
   */
  Comparison(int rounds, PrintStream log) {
    this.rounds = rounds;
    this.log = log;
  }

  /** Whether any entry has failed. */
  boolean failed() {
    return failed;
  }

  /** Runs a job. An entry that fails once does not run again, and has no figure. */
  Job.Result run(Job job) throws InterruptedException {
    log.println("ts-bench: " + job.name() + " ...");
    Map<Job.Entry, List<Sample>> samples = new LinkedHashMap<>();
    job.entries().forEach(entry -> samples.put(entry, new ArrayList<>()));
    for (int round = 0; round <= rounds; round++) {
      for (Job.Entry entry : List.copyOf(samples.keySet())) {
        try {
          Sample sample = entry.run().measure();
          if (round > 0) {
            samples.get(entry).add(sample);
          }
        } catch (IOException e) {
          log.println("ts-bench: " + e.getMessage());
          failed = true;
          samples.remove(entry);
        }
      }
    }
    Map<Job.Entry, Sample> medians = new LinkedHashMap<>();
    samples.forEach((entry, list) -> medians.put(entry, Sample.median(list)));
    return new Job.Result(job, medians);
  }
}
