package io.tracestream.cli;

import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The content of a report. Immutable.
 *
 * @param command the name of the command
 * @param recording what was played, as the user named it
 * @param passed whether the run passed
 * @param started when it began
 * @param took from then to its end
 * @param verdict the totals of all sessions
 * @param sessions the sessions that were kept, in the order of their connections
 * @param resultsLeftOut how many more sessions there were
 */
record Report(
    String command,
    String recording,
    boolean passed,
    Instant started,
    Duration took,
    Verdict verdict,
    List<Session> sessions,
    long resultsLeftOut) {

  /**
   * A session in a report.
   *
   * @param result how it ended; without its mismatch if those before it took all the memory
   * @param message the same in one line
   * @param explanation the mismatch explained for people; null without one
   */
  record Session(SessionResult result, String message, String explanation) {}

  /** How many mismatches were left out. */
  long mismatchesLeftOut() {
    return verdict.differed()
        - sessions.stream()
            .filter(session -> session.result().mismatch() != null)
            .count();
  }
}
