package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SessionCollectorTest {
  private final List<String> said = new ArrayList<>();
  private final SessionCollector collector = new SessionCollector(
      new SessionListener() {
        @Override
        public void started(long connection, InetSocketAddress peer) {
          said.add("started " + connection);
        }

        @Override
        public void ended(SessionResult result) {
          said.add("ended " + result.connection());
        }
      },
      16,
      Decoders.NONE);

  private List<Long> mismatches() {
    return collector.sessions().stream()
        .map(Report.Session::result)
        .filter(result -> result.mismatch() != null)
        .map(SessionResult::connection)
        .toList();
  }

  private static SessionResult differed(long connection, int bytes) {
    return Results.different(connection, new byte[bytes], new byte[0]);
  }

  @Test
  void theNextListenerGetsResultsToo() {
    collector.started(1, new InetSocketAddress("127.0.0.1", 1));
    collector.ended(Results.matched(1));
    assertEquals(List.of("started 1", "ended 1"), said);
  }

  @Test
  void sessionsAreOrderedByTheirNumbers() {
    List.of(3L, 1L, 2L).forEach(number -> collector.ended(Results.matched(number)));
    assertEquals(
        List.of(1L, 2L, 3L),
        collector.sessions().stream()
            .map(session -> session.result().connection())
            .toList());
  }

  @Test
  void resultsBeyondTheMostAreCountedOnly() {
    LongStream.rangeClosed(1, SessionCollector.MOST_RESULTS + 3)
        .forEach(number -> collector.ended(Results.matched(number)));
    assertEquals(SessionCollector.MOST_RESULTS, collector.sessions().size());
    assertEquals(3, collector.leftOut());
    assertEquals(SessionCollector.MOST_RESULTS + 3, said.size());
  }

  @Test
  void mismatchesBeyondTheMostHaveTheirLineOnly() {
    LongStream.rangeClosed(1, Verdict.MOST_MISMATCHES + 1L)
        .forEach(number -> collector.ended(differed(number, 1)));
    Report.Session kept = collector.sessions().get(Verdict.MOST_MISMATCHES - 1);
    Report.Session over = collector.sessions().get(Verdict.MOST_MISMATCHES);
    assertNotNull(kept.result().mismatch());
    assertNull(over.result().mismatch());
    assertEquals(SessionResult.Outcome.DIFFERED, over.result().outcome());
    assertEquals(differed(over.result().connection(), 1).mismatch().toString(), over.message());
  }

  @Test
  void largePayloadsLeaveRoomForFewerMismatches() {
    int mebibyte = 1024 * 1024;
    collector.ended(differed(1, 9 * mebibyte));
    collector.ended(differed(2, 8 * mebibyte));
    collector.ended(differed(3, 7 * mebibyte));
    assertEquals(List.of(1L, 3L), mismatches());
  }

  @Test
  void theFirstMismatchIsKeptWhateverItsSize() {
    collector.ended(differed(1, 17 * 1024 * 1024));
    collector.ended(differed(2, 1));
    assertEquals(List.of(1L), mismatches());
  }

  @Test
  void anExplanationShowsAsMuchContextAsIsAskedForAndAtMostAKibibyte() {
    SessionResult result = differed(1, 5000);
    assertEquals(
        MismatchText.of(result.mismatch(), 40, false, Decoders.NONE), explanation(40, result));
    assertEquals(
        MismatchText.of(result.mismatch(), 1024, false, Decoders.NONE),
        explanation(1_000_000, result));
  }

  private static String explanation(int context, SessionResult result) {
    SessionCollector collector = new SessionCollector(ended -> {}, context, Decoders.NONE);
    collector.ended(result);
    return collector.sessions().get(0).explanation();
  }

  @Test
  void manyThreadsLoseNothing() throws Exception {
    List<Thread> threads = LongStream.range(0, 8)
        .mapToObj(thread -> new Thread(() -> LongStream.range(0, 500)
            .forEach(number -> collectorOfNobody.ended(Results.matched(8 * number + thread)))))
        .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(4000, collectorOfNobody.sessions().size());
  }

  private final SessionCollector collectorOfNobody =
      new SessionCollector(result -> {}, 16, Decoders.NONE);
}
