package io.tracestream.cli;

import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Keeps the results of sessions for a report, in bounded memory, and passes all results on. Safe
 * for any number of threads.
 */
final class SessionCollector implements SessionListener {
  static final int MOST_RESULTS = 10_000;
  /** Most payload bytes in kept mismatches, not counting the first mismatch. */
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  /** Most bytes that an explanation shows on each side of a difference. */
  private static final int MOST_CONTEXT = 1024;

  private final SessionListener next;
  private final int context;
  private final Decoders decoders;
  private final List<Report.Session> sessions = new ArrayList<>();
  private int results;
  private int mismatches;
  private long mismatchBytes;
  private long leftOut;

  /**
   * A collector that is empty.
   *
   * @param next gets all results, too
   * @param context how many bytes an explanation shows on each side of a difference
   * @param decoders what shows payloads in explanations
   */
  SessionCollector(SessionListener next, int context, Decoders decoders) {
    this.next = next;
    this.decoders = decoders;
    this.context = Math.min(context, MOST_CONTEXT);
  }

  @Override
  public void started(long connection, InetSocketAddress peer) {
    next.started(connection, peer);
  }

  @Override
  public void ended(SessionResult result) {
    keep(result);
    next.ended(result);
  }

  private void keep(SessionResult result) {
    SessionResult kept = reserve(result);
    if (kept != null) {
      // Explained here, since there may be no time for it at the end.
      Mismatch mismatch = kept.mismatch();
      String explanation =
          mismatch == null ? null : MismatchText.of(mismatch, context, false, decoders);
      add(new Report.Session(kept, message(result), explanation));
    }
  }

  /** What there is room for: the result, the result without its mismatch, or null. */
  private synchronized SessionResult reserve(SessionResult result) {
    if (results == MOST_RESULTS) {
      leftOut++;
      return null;
    }
    results++;
    boolean whole = result.mismatch() == null || hasRoomFor(result.mismatch());
    return whole ? result : result.withMismatch(null);
  }

  private synchronized void add(Report.Session session) {
    sessions.add(session);
  }

  /** Keeps the same mismatches as {@link Verdict}, so that they take no extra memory. */
  private boolean hasRoomFor(Mismatch mismatch) {
    long bytes = length(mismatch.found())
        + (mismatch.expected() == null ? 0 : length(mismatch.expected().payload()));
    boolean room = mismatches == 0
        || mismatches < Verdict.MOST_MISMATCHES && mismatchBytes + bytes <= MOST_BYTES;
    if (room) {
      mismatches++;
      mismatchBytes += bytes;
    }
    return room;
  }

  private static long length(byte[] payload) {
    return payload == null ? 0 : payload.length;
  }

  private static String message(SessionResult result) {
    return switch (result.outcome()) {
      case MATCHED -> "matched " + result.entriesMatched() + " entries";
      case DIFFERED -> result.mismatch().toString();
      case INCOMPLETE -> "stopped after " + result.entriesMatched() + " matched entries";
      case FAULTED -> "cut short by a fault after " + result.entriesMatched() + " matched entries";
      case BROKEN -> String.valueOf(result.damage());
    };
  }

  /** Those kept so far, by their connections' numbers. */
  synchronized List<Report.Session> sessions() {
    return sessions.stream()
        .sorted(Comparator.comparingLong(session -> session.result().connection()))
        .toList();
  }

  synchronized long leftOut() {
    return leftOut;
  }
}
