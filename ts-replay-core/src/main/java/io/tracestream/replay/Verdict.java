package io.tracestream.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What became of all sessions so far. Immutable. */
public final class Verdict {
  /** How many mismatches are kept: a client that comes back for ever is not to fill the memory. */
  public static final int MOST_MISMATCHES = 100;

  /** Payload bytes that kept mismatches may hold, beside those of the first. */
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  /** That of no sessions. */
  public static final Verdict NONE = new Verdict();

  private long matched;
  private long differed;
  private long incomplete;
  private long broken;
  private long notPlayed;
  private long entriesMatched;
  private Duration longestLateness = Duration.ZERO;
  private List<Mismatch> mismatches = List.of();
  private long mismatchBytes;

  private Verdict() {}

  private Verdict(Verdict other) {
    this.matched = other.matched;
    this.differed = other.differed;
    this.incomplete = other.incomplete;
    this.broken = other.broken;
    this.notPlayed = other.notPlayed;
    this.entriesMatched = other.entriesMatched;
    this.longestLateness = other.longestLateness;
    this.mismatches = other.mismatches;
    this.mismatchBytes = other.mismatchBytes;
  }

  /**
   * This, and one more session.
   *
   * @param result how it ended
   * @return the changed copy
   */
  public Verdict plus(SessionResult result) {
    Verdict sum = new Verdict(this);
    switch (result.outcome()) {
      case MATCHED -> sum.matched++;
      case DIFFERED -> sum.differed++;
      case INCOMPLETE -> sum.incomplete++;
      case BROKEN -> sum.broken++;
    }
    sum.entriesMatched += result.entriesMatched();
    if (result.longestLateness().compareTo(longestLateness) > 0) {
      sum.longestLateness = result.longestLateness();
    }
    if (result.mismatch() != null) {
      sum.keep(result.mismatch());
    }
    return sum;
  }

  private void keep(Mismatch mismatch) {
    long bytes = mismatchBytes + mismatch.payloadBytes();
    if (mismatches.isEmpty() || mismatches.size() < MOST_MISMATCHES && bytes <= MOST_BYTES) {
      List<Mismatch> more = new ArrayList<>(mismatches);
      more.add(mismatch);
      mismatches = List.copyOf(more);
      mismatchBytes = bytes;
    }
  }

  /**
   * This, with another count of conversations.
   *
   * @param count how many no session began to play
   * @return the changed copy
   */
  public Verdict withNotPlayed(long count) {
    Verdict copy = new Verdict(this);
    copy.notPlayed = count;
    return copy;
  }

  /**
   * Sessions in which the other side did all that was recorded, and no more.
   *
   * @return their number
   */
  public long matched() {
    return matched;
  }

  /**
   * Sessions that ended with a mismatch.
   *
   * @return their number
   */
  public long differed() {
    return differed;
  }

  /**
   * Sessions that were stopped before their end.
   *
   * @return their number
   */
  public long incomplete() {
    return incomplete;
  }

  /**
   * Sessions that could not go on, because the recording is damaged or for a reason of our own.
   *
   * @return their number
   */
  public long broken() {
    return broken;
  }

  /**
   * Recorded conversations that no session began to play.
   *
   * @return their number
   */
  public long notPlayed() {
    return notPlayed;
  }

  /**
   * How many frames came that were expected, in all sessions.
   *
   * @return their number
   */
  public long entriesMatched() {
    return entriesMatched;
  }

  /**
   * By how much the latest frame of all was sent behind its time.
   *
   * @return zero where all were sent at once
   */
  public Duration longestLateness() {
    return longestLateness;
  }

  /**
   * The first mismatches.
   *
   * @return at most {@value #MOST_MISMATCHES} of them, and fewer where their payloads are large
   */
  public List<Mismatch> mismatches() {
    return mismatches;
  }

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
        + incomplete + " incomplete" + (broken == 0 ? "" : ", " + broken + " broken")
        + (notPlayed == 0 ? "" : ", " + notPlayed + " not played") + "; "
        + entriesMatched + " entries matched; longest lateness "
        + longestLateness.toNanos() / 1000 / 1000.0 + " ms";
  }
}
