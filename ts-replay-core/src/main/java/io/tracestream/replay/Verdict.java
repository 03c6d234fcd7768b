package io.tracestream.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** How all sessions so far have ended. Immutable. */
public final class Verdict implements Cloneable {
  /** How many mismatches are kept, as a client may come back forever. */
  public static final int MOST_MISMATCHES = 100;

  /** How many notes are kept. */
  public static final int MOST_NOTES = 20;

  /** Payload bytes that kept mismatches may hold, besides those of the first. */
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  /** No session has ended. */
  public static final Verdict NONE = new Verdict();

  private long matched;
  private long differed;
  private long incomplete;
  private long broken;
  private long faulted;
  private long notPlayed;
  private long entriesMatched;
  private long compared;
  private long open;
  private long allowedFrames;
  private boolean mustCompare;
  private List<String> unusedRules = List.of();
  private List<String> notes = List.of();
  private long unusedRequests;
  private List<String> unusedPlaces = List.of();
  private boolean strictUse;
  private Duration longestLateness = Duration.ZERO;
  private List<Mismatch> mismatches = List.of();
  private long mismatchBytes;

  private Verdict() {}

  private Verdict with(Consumer<Verdict> change) {
    try {
      Verdict copy = (Verdict) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Adds a session.
   *
   * @param result how it ended
   * @return the changed copy
   */
  public Verdict plus(SessionResult result) {
    return with(sum -> sum.add(result));
  }

  private void add(SessionResult result) {
    switch (result.outcome()) {
      case MATCHED -> matched++;
      case DIFFERED -> differed++;
      case INCOMPLETE -> incomplete++;
      case BROKEN -> broken++;
      case FAULTED -> faulted++;
    }
    entriesMatched += result.entriesMatched();
    compared += result.compared();
    open += result.open();
    allowedFrames += result.allowedFrames();
    if (result.longestLateness().compareTo(longestLateness) > 0) {
      longestLateness = result.longestLateness();
    }
    if (result.mismatch() != null) {
      keep(result.mismatch());
    }
    addNotes(result.notes());
  }

  private void addNotes(List<String> more) {
    if (notes.size() < MOST_NOTES && !notes.containsAll(more)) {
      notes = Stream.concat(notes.stream(), more.stream())
          .distinct()
          .limit(MOST_NOTES)
          .toList();
    }
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
   * Sets how many conversations were left out.
   *
   * @param count how many no session began to play
   * @return the changed copy
   */
  Verdict withNotPlayed(long count) {
    return with(copy -> copy.notPlayed = count);
  }

  /**
   * Sets which rules had no effect.
   *
   * @param rules the text of each rule that never applied
   * @return the changed copy
   */
  public Verdict withUnusedRules(List<String> rules) {
    List<String> all = List.copyOf(rules);
    return with(copy -> copy.unusedRules = all);
  }

  /**
   * Adds what readers of the verdict should know.
   *
   * @param lines one line each; duplicates are not added
   * @return the changed copy
   */
  public Verdict withNotes(List<String> lines) {
    return with(copy -> copy.addNotes(lines));
  }

  /**
   * Sets which recorded requests of a stub were not used.
   *
   * @param count how many no client sent
   * @param places where the first of them are, as {@code FILE:LINE}
   * @param strict whether that makes the run fail
   * @return the changed copy
   */
  public Verdict withUnusedRequests(long count, List<String> places, boolean strict) {
    List<String> first = List.copyOf(places);
    return with(copy -> {
      copy.unusedRequests = count;
      copy.unusedPlaces = first;
      copy.strictUse = strict;
    });
  }

  /** A run in which no frame can be compared fails: the verification of requests alone. */
  Verdict withMustCompare() {
    return with(copy -> copy.mustCompare = true);
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
   * Sessions that could not go on: the recording is damaged, or something else went wrong on our
   * side.
   *
   * @return their number
   */
  public long broken() {
    return broken;
  }

  /**
   * Sessions that a fault cut short, which was injected: they have neither matched nor failed.
   *
   * @return their number
   */
  public long faulted() {
    return faulted;
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
   * How much of the matched frames was compared, in all sessions.
   *
   * @return payload bytes
   */
  public long compared() {
    return compared;
  }

  /**
   * How much of the matched frames was not compared, because of rules, in all sessions.
   *
   * @return payload bytes
   */
  public long open() {
    return open;
  }

  /**
   * How many frames came that a rule allows at any time, in all sessions.
   *
   * @return their number
   */
  public long allowedFrames() {
    return allowedFrames;
  }

  /**
   * The rules that had no effect in any session: an {@code ignore} of bytes that no compared frame
   * has, an {@code allow} that no frame met, a {@code copy} that went into no frame, or only into
   * bytes that are ignored.
   *
   * @return their texts, such as {@code ignore c2s:4+2}
   */
  public List<String> unusedRules() {
    return unusedRules;
  }

  /**
   * What readers of the verdict should know, such as that a recording ends with a request that has
   * no reply.
   *
   * @return one line each, at most {@value #MOST_NOTES}, usually none
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Recorded requests of a stub that no client sent.
   *
   * @return their number; 0 without a stub
   */
  public long unusedRequests() {
    return unusedRequests;
  }

  /**
   * Where the first of the {@linkplain #unusedRequests unused requests} are.
   *
   * @return their places as {@code FILE:LINE}
   */
  public List<String> unusedRequestPlaces() {
    return unusedPlaces;
  }

  /**
   * By how much the latest frame of all was sent after its time.
   *
   * @return zero where frames are sent without pauses
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
   * Whether all that was recorded was played and matched.
   *
   * @return true if there was a session that matched, all sessions matched to their last entry
   *     unless an injected fault cut them short, no recorded conversation was left out, and at
   *     least one frame was compared
   */
  public boolean passed() {
    return matched > 0
        && matched + faulted == played()
        && notPlayed == 0
        && !isUseMissing()
        && entriesMatched > 0
        && !isAllOpen();
  }

  /**
   * Whether something went wrong. If no client came, the run has neither {@linkplain #passed
   * passed} nor failed.
   *
   * @return true if a session differed, broke or was stopped before its end; if frames came, but
   *     rules left all of them open; if a verification had no frame to compare; or if a stub whose
   *     recorded requests must all be used has unused ones
   */
  public boolean failed() {
    return matched + faulted < played()
        || isUseMissing()
        || isAllOpen()
        || entriesMatched == 0 && (mustCompare && matched > 0 || allowedFrames > 0);
  }

  private boolean isAllOpen() {
    return compared == 0 && open > 0;
  }

  private boolean isUseMissing() {
    return strictUse && unusedRequests > 0;
  }

  /**
   * How many sessions have ended.
   *
   * @return their number, however they ended
   */
  public long played() {
    return matched + differed + incomplete + broken + faulted;
  }

  /**
   * The counts in one line.
   *
   * @return the line, without a line end
   */
  @Override
  public String toString() {
    return "played " + played() + ": " + matched + " matched, " + differed + " differed, "
        + incomplete + " incomplete" + (broken == 0 ? "" : ", " + broken + " broken")
        + (faulted == 0 ? "" : ", " + faulted + " cut short by faults")
        + (notPlayed == 0 ? "" : ", " + notPlayed + " not played") + "; "
        + entriesMatched + " entries matched, " + compared + " bytes compared"
        + (open == 0 ? "" : ", " + open + " left open by rules")
        + (allowedFrames == 0 ? "" : ", " + allowedFrames + " frames allowed")
        + "; longest lateness "
        + longestLateness.toNanos() / 1000 / 1000.0 + " ms";
  }
}
