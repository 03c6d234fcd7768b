package io.tracestream.replay;

import java.time.Duration;
import java.util.List;

/**
 * What became of all sessions so far.
 *
 * @param matched sessions in which the other side did all that was recorded, and no more
 * @param differed sessions that ended with a mismatch
 * @param incomplete sessions that were stopped before their end
 * @param broken sessions that could not go on because the recording is damaged
 * @param notPlayed recorded conversations that no session began to play
 * @param entriesMatched how many frames came that were expected, in all sessions
 * @param longestLateness by how much the latest frame of all was sent behind its time
 * @param mismatches the first mismatches, at most {@value #MOST_MISMATCHES} of them, and fewer
 *     where their payloads are large
 */
public record Verdict(
    long matched,
    long differed,
    long incomplete,
    long broken,
    long notPlayed,
    long entriesMatched,
    Duration longestLateness,
    List<Mismatch> mismatches) {
  /** How many mismatches are kept: a client that comes back for ever is not to fill the memory. */
  public static final int MOST_MISMATCHES = 100;

  /**
   * Whether nothing failed.
   *
   * @return true when no session differed and none was broken; without sessions, too
   */
  public boolean passed() {
    return differed == 0 && broken == 0;
  }

  /**
   * How many sessions have ended.
   *
   * @return their number, however they ended
   */
  public long played() {
    return matched + differed + incomplete + broken;
  }

  /**
   * All of it in one line.
   *
   * @return the line, without a line end
   */
  @Override
  public String toString() {
    return "played " + played() + ": " + matched + " matched, " + differed + " differed, "
        + incomplete
        + " incomplete" + (broken == 0 ? "" : ", " + broken + " met damage in the recording")
        + (notPlayed == 0 ? "" : ", " + notPlayed + " not played") + "; "
        + entriesMatched + " entries matched; longest lateness "
        + longestLateness.toNanos() / 1000 / 1000.0 + " ms";
  }
}
