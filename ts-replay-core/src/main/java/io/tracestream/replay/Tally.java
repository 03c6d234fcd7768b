package io.tracestream.replay;

import java.util.ArrayList;
import java.util.List;

/** Counts how sessions end. For any number of threads. */
final class Tally {
  /** Payload bytes that kept mismatches may hold, beside those of the first. */
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  private final List<Mismatch> mismatches = new ArrayList<>();
  private long mismatchBytes;
  private long matched;
  private long differed;
  private long stopped;
  private long broken;

  synchronized void matched() {
    matched++;
    notifyAll();
  }

  synchronized void differed(Mismatch mismatch) {
    differed++;
    long bytes = mismatch.payloadBytes();
    if (mismatches.isEmpty()
        || mismatches.size() < Verdict.MOST_MISMATCHES && mismatchBytes + bytes <= MOST_BYTES) {
      mismatches.add(mismatch);
      mismatchBytes += bytes;
    }
    notifyAll();
  }

  synchronized void stopped() {
    stopped++;
    notifyAll();
  }

  synchronized void broken() {
    broken++;
    notifyAll();
  }

  synchronized Verdict verdict() {
    return new Verdict(matched, differed, stopped, broken, List.copyOf(mismatches));
  }

  /** Waits until so many sessions have ended; false when the time is over before. */
  synchronized boolean await(long ended, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (verdict().ended() < ended) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }
}
