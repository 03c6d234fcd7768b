package io.tracestream.cli;

import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a report says of a run. Immutable.
 *
 * @param command the command that played
 * @param recording what it played, as the user named it
 * @param passed whether all that was asked for matched
 * @param started when it began
 * @param took from then to its end
 * @param verdict the sums of all sessions
 * @param sessions the sessions that are kept, by their connections' numbers
 * @param resultsLeftOut how many more there were
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
   * @param result how it ended; without its mismatch where those before it fill the memory
   * @param message the same in one line, made of the whole result
   * @param explanation the mismatch explained to a person; null where there is no mismatch
   */
  record Session(SessionResult result, String message, String explanation) {}

  /** How many sessions differed whose mismatch is left out. */
  long mismatchesLeftOut() {
    return verdict.differed()
        - sessions.stream()
            .filter(session -> session.result().mismatch() != null)
            .count();
  }
}
