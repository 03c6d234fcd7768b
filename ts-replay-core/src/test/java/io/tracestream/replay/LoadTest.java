package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.LoadStats.Problem;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Clients that play a recording many times over. */
class LoadTest extends VerifierTestBase {
  private static final String[] TWO_QUESTIONS = {"c2s 61", "s2c 62", "c2s 63", "s2c 64"};

  private LoadConfig load(InetSocketAddress address, int clients, String... lines)
      throws IOException {
    return LoadConfig.of(address, Replays.write(file, lines), clients)
        .withFormat(Replays.FORMAT)
        .withRounds(1);
  }

  private static LoadStats statsAtEnd(Load load) throws InterruptedException {
    assertTrue(
        load.awaitEnd(Replays.DEADLINE), "the load goes on: " + load.stats().verdict());
    return statsOnceStopped(load);
  }

  private static LoadStats statsOnceStopped(Load load) {
    load.close();
    return load.stats();
  }

  @Test
  void eachClientPlaysAllItsRoundsAndTheLatencyOfEachReplyIsMeasured() throws Exception {
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    try (ReplayServer server = Replays.start(file, TWO_QUESTIONS);
        Load load = Load.start(
            load(server.address(), 5, TWO_QUESTIONS).withRounds(3).withLatencies(latencies::add))) {
      LoadStats stats = statsAtEnd(load);
      assertTrue(stats.verdict().passed(), stats.verdict().toString());
      assertEquals(15, stats.verdict().matched());
      assertEquals(15, stats.connections());
      assertEquals(30, stats.requests());
      assertEquals(30, stats.replies());
      assertEquals(30, stats.bytesSent());
      assertEquals(30, stats.bytesReceived());
      assertEquals(0, stats.errors());
      assertEquals(30, latencies.size());
      assertTrue(latencies.stream().allMatch(nanos -> nanos > 0), latencies.toString());
      assertTrue(stats.elapsed().toNanos() > 0);
    }
  }

  @Test
  void noRequestIsSentBeforeAllClientsAreConnected() throws Exception {
    try (Load load = Load.start(load(target.address(), 2, "c2s 61", "s2c 62"));
        TestPeer one = target.accept();
        TestPeer other = target.accept()) {
      assertEquals("000161", one.await(3));
      assertEquals("000161", other.await(3));
      one.send("0001 62").endSending();
      other.send("0001 62").endSending();
      assertEquals(2, statsAtEnd(load).verdict().matched());
    }
  }

  @Test
  void noTimeIsCountedBeforeAllClientsAreConnected() throws Exception {
    // The kernel completes two or three connections to a listener that never accepts.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Load load = Load.start(
            load((InetSocketAddress) full.getLocalSocketAddress(), 8, "c2s 61", "s2c 62"))) {
      assertEquals(Duration.ZERO, load.stats().elapsed());
      assertEquals(Duration.ZERO, statsOnceStopped(load).elapsed());
    }
  }

  @Test
  void timeIsCountedWhereNothingIsToBeAnswered() throws Exception {
    try (Load load = Load.start(load(target.address(), 1, "c2s 61"))) {
      try (TestPeer peer = target.accept()) {
        assertEquals("000161", peer.awaitEnd());
      }
      assertTrue(statsAtEnd(load).elapsed().toNanos() > 0);
    }
  }

  @Test
  void withRecordedPausesTheFirstRequestsCountAsWell() throws Exception {
    String[] lines = {"c2s 61", "s2c 62", "1000 c2s 63", "1000 s2c 64"};
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    try (ReplayServer server = Replays.start(file, lines);
        Load load = Load.start(load(server.address(), 3, lines)
            .withTiming(Timing.ORIGINAL)
            .withLatencies(latencies::add))) {
      LoadStats stats = statsAtEnd(load);
      assertEquals(6, stats.requests());
      assertEquals(6, stats.replies());
      assertEquals(6, latencies.size());
    }
  }

  @Test
  void withRecordedPausesClientsBeginOneAfterTheOtherWithinTheMeanOfThese() throws Exception {
    String[] lines = {"c2s 61", "100 s2c 62", "8100 c2s 63", "8200 s2c 64"};
    try (ReplayServer server = Replays.start(file, lines);
        Load load =
            Load.start(load(server.address(), 2, lines).withTiming(Timing.ORIGINAL.withSpeed(2)))) {
      assertEquals(2, statsAtEnd(load).verdict().matched());
      assertEquals(1_000_000, load.begins(1) - load.begins(0)); // half of 2 ms
    }
  }

  @Test
  void aFolderIsDealtToTheClientsInTurn() throws Exception {
    List<Conversation> conversations = List.of(
        Conversation.of(Replays.write(file.resolveSibling("a.rec"), "c2s 61")),
        Conversation.of(Replays.write(file.resolveSibling("b.rec"), "c2s 62")));
    LoadConfig config = LoadConfig.of(target.address(), conversations, 1)
        .withFormat(Replays.FORMAT)
        .withRounds(3);
    try (Load load = Load.start(config)) {
      for (String request : List.of("000161", "000162", "000161")) {
        try (TestPeer peer = target.accept()) {
          assertEquals(request, peer.awaitEnd());
        }
      }
      LoadStats stats = statsAtEnd(load);
      assertEquals(3, stats.verdict().matched());
      assertEquals(0, stats.verdict().notPlayed());
    }
  }

  @Test
  void aMismatchIsCountedAndTheClientGoesOn() throws Exception {
    ConcurrentLinkedQueue<SessionResult> heard = new ConcurrentLinkedQueue<>();
    try (Load load = Load.start(
        load(target.address(), 1, "c2s 61", "s2c 62").withRounds(2).withListener(heard::add))) {
      try (TestPeer peer = target.accept()) {
        assertEquals("000161", peer.await(3));
        peer.send("0001 63").awaitEnd();
      }
      try (TestPeer peer = target.accept()) {
        assertEquals("000161", peer.await(3));
        peer.send("0001 62").endSending();
        LoadStats stats = statsAtEnd(load);
        assertEquals(1, stats.count(Problem.MISMATCH));
        assertEquals(0, stats.errors());
        assertEquals(1, stats.verdict().matched());
        assertEquals(1, stats.replies());
        assertEquals(Mismatch.Kind.DIFFERENT_FRAME, heard.remove().mismatch().kind());
        assertTrue(heard.isEmpty());
      }
    }
  }

  @Test
  void lostConnectionsAndRepliesThatDoNotComeAreErrors() throws Exception {
    try (Load load = Load.start(load(target.address(), 1, "c2s 61", "s2c 62")
        .withRounds(3)
        .withReplyTimeout(Duration.ofMillis(200)))) {
      try (TestPeer peer = target.accept()) {
        assertEquals("000161", peer.await(3));
        peer.reset();
      }
      try (TestPeer silent = target.accept();
          TestPeer peer = target.accept()) {
        assertEquals("000161", silent.awaitEnd());
        assertEquals("000161", peer.await(3));
        assertEquals("", peer.endSending().awaitEnd());
      }
      LoadStats stats = statsAtEnd(load);
      assertEquals(2, stats.count(Problem.LOST));
      assertEquals(1, stats.count(Problem.TIMED_OUT));
      assertEquals(3, stats.errors());
      assertEquals(0, stats.count(Problem.MISMATCH));
    }
  }

  @Test
  void aTargetThatIsGoneIsUnreachable() throws Exception {
    try (Load load = Load.start(load(target.address(), 1, "c2s 61", "s2c 62").withRounds(2))) {
      try (TestPeer peer = target.accept()) {
        target.close();
        peer.reset();
      }
      LoadStats stats = statsAtEnd(load);
      assertEquals(1, stats.count(Problem.LOST));
      assertEquals(1, stats.count(Problem.UNREACHABLE));
    }
  }

  @Test
  void aLoadWithoutTargetDoesNotStart() throws Exception {
    target.close();
    LoadConfig config = load(target.address(), 3, "c2s 61", "s2c 62");
    assertThrows(ConnectException.class, () -> Load.start(config));
  }

  @Test
  void aLoadOfWhatIsNotARecordingDoesNotStart() throws Exception {
    LoadConfig config = load(target.address(), 3);
    assertThrows(RecordingException.class, () -> Load.start(config));
  }

  @Test
  void eachClientHasItsOwnValues() throws Exception {
    String[] lines = {"c2s 01", "s2c 025e55", "c2s 035e55", "s2c 04"};
    LoadConfig config =
        load(target.address(), 2, lines).withRules(Rules.of("copy s2c[0=02]:1+2->c2s[0=03]:1+2"));
    try (Load load = Load.start(config);
        TestPeer one = target.accept();
        TestPeer other = target.accept()) {
      one.await(3);
      other.await(3);
      one.send("0003 02aaaa");
      other.send("0003 02bbbb");
      assertEquals("000303aaaa", one.await(5));
      assertEquals("000303bbbb", other.await(5));
      one.send("0001 04").endSending();
      other.send("0001 04").endSending();
      assertEquals(2, statsAtEnd(load).verdict().matched());
    }
  }

  @Test
  void whatOneConnectionCopiesToTheNextStaysWithItsClient() throws Exception {
    List<Conversation> conversations = List.of(
        Conversation.of(Replays.write(file.resolveSibling("1.rec"), "c2s 01", "s2c 025e55")),
        Conversation.of(Replays.write(file.resolveSibling("2.rec"), "c2s 035e55", "s2c 04")));
    LoadConfig config = LoadConfig.of(target.address(), conversations, 2)
        .withFormat(Replays.FORMAT)
        .withRounds(2)
        .withRules(Rules.of("copy s2c[0=02]:1+2->c2s[0=03]:1+2 across"));
    try (Load load = Load.start(config)) {
      try (TestPeer one = target.accept();
          TestPeer other = target.accept()) {
        one.await(3);
        other.await(3);
        one.send("0003 02aaaa").endSending();
        assertEquals("", one.awaitEnd());
        TestPeer oneAgain = target.accept();
        other.send("0003 02bbbb").endSending();
        assertEquals("", other.awaitEnd());
        TestPeer otherAgain = target.accept();
        try (oneAgain;
            otherAgain) {
          assertEquals("000303aaaa", oneAgain.await(5));
          assertEquals("000303bbbb", otherAgain.await(5));
          oneAgain.send("0001 04").endSending();
          otherAgain.send("0001 04").endSending();
          assertEquals(4, statsAtEnd(load).verdict().matched());
        }
      }
    }
  }

  @Test
  void atTheEndOfTheTimeWhatWasSentIsAnsweredAndNothingMoreIsSent() throws Exception {
    LoadConfig config =
        load(target.address(), 1, TWO_QUESTIONS).withRounds(0).withDuration(Duration.ofMillis(1));
    try (Load load = Load.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      // The time is over when the load has no more to send.
      assertFalse(load.awaitEnd(Duration.ofMillis(100)), "it did not wait for the reply");
      assertEquals("", peer.send("0001 62").awaitEnd());
      LoadStats stats = statsAtEnd(load);
      assertEquals(1, stats.verdict().incomplete());
      assertEquals(0, stats.errors());
      assertEquals(1, stats.replies());
    }
  }

  @Test
  void latencyCountsFromWhenARequestWasDueWhetherOrNotItCouldBeSent() throws Exception {
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    LoadConfig config =
        load(target.address(), 1, TWO_QUESTIONS).withRate(1000).withLatencies(latencies::add);
    try (Load load = Load.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      assertFalse(load.awaitEnd(Duration.ofMillis(100)));
      assertEquals("000163", peer.send("0001 62").await(3));
      peer.send("0001 64").endSending();
      statsAtEnd(load);
      // The second request was due 1 ms after the first one, and could be sent 100 ms after it.
      assertTrue(latencies.stream().allMatch(nanos -> nanos >= 90_000_000), latencies.toString());
      assertEquals(2, latencies.size());
    }
  }

  @Test
  void requestsThatWereDueAndNotSentAreCountedAtTheEnd() throws Exception {
    LoadConfig config = load(target.address(), 1, TWO_QUESTIONS)
        .withRate(1000)
        .withRounds(0)
        .withDuration(Duration.ofMillis(50));
    try (Load load = Load.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      assertFalse(load.awaitEnd(Duration.ofMillis(100)));
      assertEquals("", peer.send("0001 62").awaitEnd());
      LoadStats stats = statsAtEnd(load);
      assertTrue(stats.overdue() >= 49, "overdue: " + stats.overdue());
      assertEquals(1, stats.requests());
    }
  }

  @Test
  void noRequestIsOverdueOnceAllRoundsArePlayed() throws Exception {
    try (ReplayServer server = Replays.start(file, TWO_QUESTIONS);
        Load load = Load.start(load(server.address(), 3, TWO_QUESTIONS).withRate(100_000))) {
      LoadStats stats = statsAtEnd(load);
      assertEquals(6, stats.requests());
      assertEquals(0, stats.overdue());
    }
  }

  @Test
  void whatIsDueInTheWarmUpIsNotCounted() throws Exception {
    ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    try (ReplayServer server = Replays.start(file, TWO_QUESTIONS);
        Load load = Load.start(load(server.address(), 2, TWO_QUESTIONS)
            .withWarmUp(Duration.ofHours(1))
            .withLatencies(latencies::add))) {
      LoadStats stats = statsAtEnd(load);
      assertEquals(2, stats.verdict().matched());
      assertEquals(0, stats.requests());
      assertEquals(0, stats.replies());
      assertTrue(latencies.isEmpty());
    }
  }

  @Test
  void aStopLeavesWhatIsBeingPlayedIncomplete() throws Exception {
    LoadConfig config = load(target.address(), 1, TWO_QUESTIONS).withRounds(0);
    try (Load load = Load.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      LoadStats stats = statsOnceStopped(load);
      assertEquals(1, stats.verdict().incomplete());
      assertEquals(1, stats.requests());
      assertEquals(0, stats.replies());
      assertEquals(0, stats.errors());
    }
  }

  @Test
  void aStopEndsAWaitForTheEnd() throws Exception {
    LoadConfig config = load(target.address(), 1, TWO_QUESTIONS).withRounds(0);
    Load load = Load.start(config);
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
      try {
        return load.awaitEnd(Replays.DEADLINE);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    load.close();
    assertTrue(waiting.get());
  }

  @Test
  void aConfigurationRefusesWhatCannotWork() {
    Path any = Path.of("any.rec");
    InetSocketAddress address = target.address();
    assertThrows(IllegalArgumentException.class, () -> LoadConfig.of(address, any, 0));
    assertThrows(IllegalArgumentException.class, () -> LoadConfig.of(address, any, 60_001));
    LoadConfig config = LoadConfig.of(address, any, 1);
    assertThrows(IllegalArgumentException.class, () -> config.withRate(-1));
    assertThrows(IllegalArgumentException.class, () -> config.withRate(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> config.withRounds(-1));
    assertThrows(IllegalArgumentException.class, () -> config.withDuration(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> config.withWarmUp(Duration.ofNanos(-1)));
    assertThrows(IllegalArgumentException.class, () -> config.withReplyTimeout(Duration.ZERO));
  }
}
