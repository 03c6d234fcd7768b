package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections are played, and what is told of each. */
class ReplayConnectionsTest extends ReplayTestBase {
  @Test
  void noMoreConnectionsAreAcceptedThanWereAskedFor() throws Exception {
    ReplayConfig config = Replays.config(file, "c2s 61", "s2c 62").withConnections(2);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer one = TestPeer.connect(server.address());
        TestPeer two = TestPeer.connect(server.address())) {
      awaitRefusal(server.address());
      assertEquals("000162", two.send("0001 61").awaitEnd());
      assertEquals("000162", one.send("0001 61").awaitEnd());
      assertMatched(server, 2);
    }
  }

  /** One that comes between the last accept and the closing may be let in, and is reset. */
  private static void awaitRefusal(InetSocketAddress address) {
    long deadline = System.nanoTime() + Replays.DEADLINE.toNanos();
    while (isAccepted(address)) {
      assertTrue(System.nanoTime() < deadline, "connections are still accepted");
    }
  }

  private static boolean isAccepted(InetSocketAddress address) {
    try (TestPeer late = TestPeer.connect(address)) {
      late.awaitEnd();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void aConversationInSeveralFilesThatIsRepeatedHoldsNoMoreDescriptors() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "there is no /proc");
    List<Path> parts = List.of(
        Replays.write(dir.resolve("1"), "c2s 61"),
        Replays.write(dir.resolve("2"), "s2c 62"),
        Replays.write(dir.resolve("3"), "c2s 63", "s2c 64"));
    ReplayConfig config = ReplayConfig.of(
            Replays.config(file, "c2s 61").listen(), List.of(Conversation.of(parts)))
        .withFormat(Replays.FORMAT)
        .withRepeat(true);
    try (ReplayServer server = ReplayServer.start(config)) {
      long before = descriptors();
      for (int i = 1; i <= 100; i++) {
        try (TestPeer client = TestPeer.connect(server.address())) {
          assertEquals("000162000164", client.send("0001 61 0001 63").awaitEnd());
        }
        assertMatched(server, i);
      }
      long after = descriptors();
      assertTrue(after < before + 50, "found " + before + " descriptors before, then " + after);
    }
  }

  @Test
  void connectionsBelowNoneAreRefused() throws Exception {
    ReplayConfig config = Replays.config(file, "c2s 61");
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> config.withConnections(-1));
    assertEquals("connections: found -1, expected 0 or more", refused.getMessage());
  }

  @Test
  void theVerdictSumsUpAllSessions() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 63", "c2s 64")) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61 0001 63 0001 64").awaitEnd());
      }
      assertTrue(server.awaitConnections(1, Replays.DEADLINE));
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61 0001 63 0001 65").awaitEnd();
      }
      assertTrue(server.awaitConnections(2, Replays.DEADLINE));
      assertFalse(server.awaitConnections(3, Duration.ofMillis(1)));
      Verdict verdict = server.verdict();
      assertCounts(1, 1, 0, 0, verdict);
      assertEquals(2, verdict.played());
      assertEquals(3 + 2, verdict.entriesMatched());
      assertEquals(Duration.ZERO, verdict.longestLateness());
      assertEquals(
          "played 2: 1 matched, 1 differed, 0 incomplete; 5 entries matched, 5 bytes compared;"
              + " longest lateness 0.0 ms",
          verdict.toString());
    }
  }

  @Test
  void aListenerIsToldOfEachSessionOnceBeforeItCountsAsPlayed() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    SessionListener listener = new SessionListener() {
      @Override
      public void started(long connection, InetSocketAddress peer) {
        told.add(connection + " started");
      }

      @Override
      public void ended(SessionResult result) {
        told.add(result.connection() + " " + result.outcome() + " " + result.entriesMatched());
      }
    };
    try (ReplayServer server = ReplayServer.start(
        Replays.config(file, "c2s 61", "c2s 62", "c2s 63").withListener(listener))) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61 0001 62 0001 63").endSending().awaitEnd();
      }
      assertTrue(server.awaitConnections(1, Replays.DEADLINE));
      assertEquals(List.of("1 started", "1 MATCHED 3"), told);
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61 0001 7a").awaitEnd();
      }
      assertTrue(server.awaitConnections(2, Replays.DEADLINE));
      assertEquals(List.of("1 started", "1 MATCHED 3", "2 started", "2 DIFFERED 1"), told);
    }
    assertEquals(4, told.size());
  }

  @Test
  void aListenerThatWaitsHoldsUpNoSession() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    SessionListener waiting = new SessionListener() {
      @Override
      public void started(long connection, InetSocketAddress peer) {
        try {
          goOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }

      @Override
      public void ended(SessionResult result) {}
    };
    try (ReplayServer server =
        ReplayServer.start(Replays.config(file, "c2s 61", "s2c 62").withListener(waiting))) {
      for (int i = 0; i < 3; i++) {
        try (TestPeer client = TestPeer.connect(server.address())) {
          assertEquals("000162", client.send("0001 61").endSending().awaitEnd());
        }
      }
      goOn.countDown();
      assertMatched(server, 3);
    }
  }

  @Test
  void aListenerMayCloseTheServer() throws Exception {
    CompletableFuture<ReplayServer> started = new CompletableFuture<>();
    CompletableFuture<Verdict> closed = new CompletableFuture<>();
    ReplayConfig config = Replays.config(file, "c2s 61", "s2c 62").withListener(result -> {
      started.join().close();
      closed.complete(started.join().verdict());
    });
    try (ReplayServer server = ReplayServer.start(config)) {
      started.complete(server);
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61").endSending().awaitEnd());
      }
      assertCounts(1, 0, 0, 0, closed.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void whoWaitsForConnectionsIsToldThatTheServerWasClosed() throws Exception {
    ReplayServer server = Replays.start(file, "c2s 61");
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
      try {
        return server.awaitConnections(1, Duration.ofSeconds(Long.MAX_VALUE));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    server.close();
    assertFalse(waiting.get(20, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerThatThrowsHarmsNothing(boolean error) throws Exception {
    SessionListener listener = new SessionListener() {
      @Override
      public void started(long connection, InetSocketAddress peer) {
        fail();
      }

      @Override
      public void ended(SessionResult result) {
        fail();
      }

      private void fail() {
        if (error) {
          throw new AssertionError("as of a test");
        }
        throw new IllegalStateException("as of a test");
      }
    };
    try (ReplayServer server =
            ReplayServer.start(Replays.config(file, "c2s 61", "s2c 62").withListener(listener));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }
}
