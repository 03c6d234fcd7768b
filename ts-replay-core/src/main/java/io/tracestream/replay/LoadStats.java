package io.tracestream.replay;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a {@link Load} has gone, at one moment. Immutable. */
public final class LoadStats {
  private final Duration elapsed;
  private final long open;
  private final long connections;
  private final long requests;
  private final long replies;
  private final long overdue;
  private final long bytesSent;
  private final long bytesReceived;
  private final Map<Problem, Long> problems;
  private final Verdict verdict;

  /** What can end a session before its recorded end, besides the end of the load. */
  public enum Problem {
    /** The target sent something else than was recorded, or more. */
    MISMATCH,
    /** The target could not be connected to. */
    UNREACHABLE,
    /** The target ended the connection early, or it broke. */
    LOST,
    /** A reply did not come in time, or a request was not read in time. */
    TIMED_OUT,
    /** The recording is damaged, or something else is wrong on our side. */
    BROKEN;

    /** Why a session ended; null if it matched, or was ended with the load. */
    static @Nullable Problem of(SessionResult result, boolean hadConnection) {
      return switch (result.outcome()) {
        case MATCHED, INCOMPLETE, FAULTED -> null;
        case BROKEN -> hadConnection ? BROKEN : UNREACHABLE;
        case DIFFERED ->
          result.mismatch() == null ? MISMATCH : of(result.mismatch().kind());
      };
    }

    private static Problem of(Mismatch.Kind kind) {
      return switch (kind) {
        case DIFFERENT_FRAME,
            UNKNOWN_REQUEST,
            TOO_EARLY,
            EXTRA_FRAME,
            BAD_FRAME,
            EXTRA_CONNECTION -> MISMATCH;
        case EARLY_END, CONNECTION_LOST, NOT_TAKEN -> LOST;
        case NOTHING_CAME -> TIMED_OUT;
      };
    }
  }

  LoadStats(
      Duration elapsed,
      long open,
      long connections,
      long requests,
      long replies,
      long overdue,
      long bytesSent,
      long bytesReceived,
      Map<Problem, Long> problems,
      Verdict verdict) {
    this.elapsed = elapsed;
    this.open = open;
    this.connections = connections;
    this.requests = requests;
    this.replies = replies;
    this.overdue = overdue;
    this.bytesSent = bytesSent;
    this.bytesReceived = bytesReceived;
    this.problems = new EnumMap<>(problems);
    this.verdict = verdict;
  }

  /**
   * How long requests have been counted.
   *
   * @return from the end of the warm-up until no more were sent, or until now
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * Connections that are open.
   *
   * @return their count
   */
  public long openConnections() {
    return open;
  }

  /**
   * Connections that were made or tried.
   *
   * @return their count, those before the end of the warm-up included
   */
  public long connections() {
    return connections;
  }

  /**
   * Requests that were sent: c2s entries.
   *
   * @return their count, without those that were due before the end of the warm-up
   */
  public long requests() {
    return requests;
  }

  /**
   * Requests whose reply came, and whose latency is known.
   *
   * @return their count, without those that were due before the end of the warm-up
   */
  public long replies() {
    return replies;
  }

  /**
   * Requests that a rate made due, and that had not been sent when the time was over, as their
   * clients still waited for replies. Their latency is not known.
   *
   * @return their count; 0 before the end
   */
  public long overdue() {
    return overdue;
  }

  /**
   * Payload bytes of the requests.
   *
   * @return their sum
   */
  public long bytesSent() {
    return bytesSent;
  }

  /**
   * Payload bytes of the frames that came as they were recorded.
   *
   * @return their sum, without those before the end of the warm-up
   */
  public long bytesReceived() {
    return bytesReceived;
  }

  /**
   * How many sessions ended because of that problem.
   *
   * @param problem what ended them
   * @return their number, those before the end of the warm-up included
   */
  public long count(Problem problem) {
    return problems.getOrDefault(problem, 0L);
  }

  /**
   * How many sessions ended because of a problem that is no {@link Problem#MISMATCH}.
   *
   * @return their number, those before the end of the warm-up included
   */
  public long errors() {
    long all = 0;
    for (long count : problems.values()) {
      all += count;
    }
    return all - count(Problem.MISMATCH);
  }

  /**
   * How all sessions have ended, with the first mismatches. Those that were being played at the end
   * of the load are incomplete.
   *
   * @return of all sessions, those before the end of the warm-up included
   */
  public Verdict verdict() {
    return verdict;
  }
}
