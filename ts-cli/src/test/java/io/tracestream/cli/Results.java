package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.Nearby;
import io.tracestream.replay.Place;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.SessionResult.Outcome;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Sessions that ended in each way, and reports of them. */
final class Results {
  private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 5123);
  private static final Place ENTRY_3_OF_6 = Place.of("a.rec", Direction.C2S, 3, 6, 4);
  private static final Place AFTER_THE_LAST = Place.of("a.rec", Direction.C2S, 7, 6, 0);

  private Results() {}

  static SessionResult matched(long connection) {
    return result(connection, Outcome.MATCHED, null, null);
  }

  static SessionResult incomplete(long connection) {
    return result(connection, Outcome.INCOMPLETE, null, null);
  }

  static SessionResult broken(long connection, String damage) {
    return result(connection, Outcome.BROKEN, null, damage);
  }

  /** Another frame came in the place of entry 3 of 6. */
  static SessionResult different(long connection, byte[] expected, byte[] found) {
    return different(connection, ENTRY_3_OF_6, expected, found, null);
  }

  static SessionResult different(
      long connection, Place place, byte[] expected, byte[] found, Nearby nearby) {
    Entry entry = new Entry(40, Direction.C2S, expected);
    return mismatch(connection, Kind.DIFFERENT_FRAME, place, entry, found, null, nearby);
  }

  /** A frame came after the last entry. */
  static SessionResult extra(long connection, String found) {
    return mismatch(connection, Kind.EXTRA_FRAME, AFTER_THE_LAST, null, bytes(found), null, null);
  }

  /** No frame came. */
  static SessionResult without(long connection, Kind kind, String reason) {
    Entry entry = new Entry(40, Direction.C2S, bytes("3_hello"));
    return mismatch(connection, kind, ENTRY_3_OF_6, entry, null, reason, null);
  }

  private static SessionResult mismatch(
      long connection,
      Kind kind,
      Place place,
      Entry expected,
      byte[] found,
      String reason,
      Nearby nearby) {
    Mismatch mismatch = Mismatch.of(kind, connection, PEER, place, Rules.NONE)
        .withExpected(expected)
        .withFound(found)
        .withReason(reason)
        .withNearby(nearby);
    return result(connection, Outcome.DIFFERED, mismatch, null);
  }

  private static SessionResult result(
      long connection, Outcome outcome, Mismatch mismatch, String damage) {
    return SessionResult.of(connection, PEER, outcome)
        .withRecording("session.rec")
        .withEntriesMatched(2)
        .withBytes(14, 0)
        .withLongestLateness(Duration.ofNanos(250_900))
        .withTook(Duration.ofMillis(1234))
        .withMismatch(mismatch)
        .withDamage(damage);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The sums of these sessions. */
  static Verdict verdict(List<SessionResult> results) {
    Verdict verdict = Verdict.NONE;
    for (SessionResult result : results) {
      verdict = verdict.plus(result);
    }
    return verdict;
  }

  /** A report of these sessions. */
  static Report report(boolean passed, SessionResult... results) {
    return report(passed, verdict(List.of(results)), results);
  }

  static Report report(boolean passed, Verdict verdict, SessionResult... results) {
    SessionCollector collector = new SessionCollector(result -> {}, 16, Decoders.NONE);
    List.of(results).forEach(collector::ended);
    return new Report(
        "replay",
        "dir/a.rec",
        passed,
        Instant.parse("2026-11-23T03:41:22Z"),
        Duration.ofMillis(61_005),
        verdict,
        collector.sessions(),
        collector.leftOut());
  }
}
