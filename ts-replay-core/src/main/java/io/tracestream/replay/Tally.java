package io.tracestream.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts how sessions end. For any number of threads. */
final class Tally {
  /** Payload bytes that kept mismatches may hold, beside those of the first. */
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  private final Map<SessionResult.Outcome, Long> outcomes =
      new EnumMap<>(SessionResult.Outcome.class);
  private final List<Mismatch> mismatches = new ArrayList<>();
  private long mismatchBytes;
  private long entriesMatched;
  private Duration longestLateness = Duration.ZERO;

  synchronized void add(SessionResult result) {
    outcomes.merge(result.outcome(), 1L, Long::sum);
    entriesMatched += result.entriesMatched();
    if (result.longestLateness().compareTo(longestLateness) > 0) {
      longestLateness = result.longestLateness();
    }
    if (result.mismatch() != null) {
      keep(result.mismatch());
    }
    notifyAll();
  }

  private void keep(Mismatch mismatch) {
    long bytes = mismatch.payloadBytes();
    if (mismatches.isEmpty()
        || mismatches.size() < Verdict.MOST_MISMATCHES && mismatchBytes + bytes <= MOST_BYTES) {
      mismatches.add(mismatch);
      mismatchBytes += bytes;
    }
  }

  synchronized Verdict verdict(long notPlayed) {
    return new Verdict(
        count(SessionResult.Outcome.MATCHED),
        count(SessionResult.Outcome.DIFFERED),
        count(SessionResult.Outcome.INCOMPLETE),
        count(SessionResult.Outcome.BROKEN),
        notPlayed,
        entriesMatched,
        longestLateness,
        List.copyOf(mismatches));
  }

  private long played() {
    return outcomes.values().stream().mapToLong(Long::longValue).sum();
  }

  private long count(SessionResult.Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }

  /** Waits until so many sessions have ended; false when the time is over before. */
  synchronized boolean await(long ended, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (played() < ended) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }
}
