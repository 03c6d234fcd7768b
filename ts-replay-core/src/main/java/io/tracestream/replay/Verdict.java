package io.tracestream.replay;

import java.util.List;

/**
 * What became of a server's sessions so far.
 *
 * @param matched sessions in which the client did all that was recorded, and no more
 * @param differed sessions that ended with a mismatch
 * @param stopped sessions that the server's own stop cut short
 * @param broken sessions that could not go on because the recording is damaged
 * @param mismatches the first mismatches, at most {@value #MOST_MISMATCHES} of them, and fewer
 *     where their payloads are large
 */
public record Verdict(
    long matched, long differed, long stopped, long broken, List<Mismatch> mismatches) {
  /** How many mismatches are kept: a client that comes back for ever is not to fill the memory. */
  public static final int MOST_MISMATCHES = 100;

  /**
   * Whether nothing failed.
   *
   * @return true when no session differed and none was broken; a server without sessions passes too
   */
  public boolean passed() {
    return differed == 0 && broken == 0;
  }

  /**
   * How many sessions have ended.
   *
   * @return their number, however they ended
   */
  public long ended() {
    return matched + differed + stopped + broken;
  }
}
