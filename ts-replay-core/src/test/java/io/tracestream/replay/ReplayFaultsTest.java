package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.rules.Faults;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Faults in the frames that a replay sends. */
class ReplayFaultsTest extends ReplayTestBase {
  private static final String[] TWO_REPLIES = {"c2s 61", "s2c 6263", "c2s 64", "s2c 65"};

  private ReplayServer server(String... faults) throws IOException {
    return ReplayServer.start(Replays.config(file, TWO_REPLIES).withFaults(Faults.of(1, faults)));
  }

  private static Verdict verdict(ReplayServer server, int count) throws InterruptedException {
    assertTrue(server.awaitConnections(count, Replays.DEADLINE));
    return server.verdict();
  }

  @Test
  void aClientThatLivesThroughFaultsMatches() throws Exception {
    try (ReplayServer server = server("s2c 1st corrupt 0+1", "s2c delay 20ms", "s2c split 1");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00029d63", client.send("0001 61").await(4));
      assertEquals("000165", client.send("0001 64").endSending().awaitEnd());
      Replays.assertMatched(server, 1);
    }
  }

  @Test
  void aClientThatComesBackAfterAResetPasses() throws Exception {
    try (ReplayServer server = server("s2c 2nd on connection 1 reset")) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61").await(4);
        client.send("0001 64");
        assertThrows(
            SocketException.class, () -> client.socket().getInputStream().read());
      }
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61").await(4);
        assertEquals("000165", client.send("0001 64").endSending().awaitEnd());
      }
      Verdict verdict = verdict(server, 2);
      assertEquals(1, verdict.matched());
      assertEquals(1, verdict.faulted());
      assertTrue(verdict.passed(), verdict.toString());
      assertFalse(verdict.failed(), verdict.toString());
    }
  }

  @Test
  void aClientThatLeavesAfterAFaultHasNotDiffered() throws Exception {
    try (ReplayServer server = server("s2c 1st drop")) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61");
        client.socket().setSoTimeout(100);
        assertThrows(SocketTimeoutException.class, () -> client.await(1));
      }
      Verdict verdict = verdict(server, 1);
      assertEquals(1, verdict.faulted(), verdict.toString());
      assertFalse(verdict.passed(), "nothing matched");
      assertFalse(verdict.failed(), verdict.toString());
    }
  }

  @Test
  void aClientThatSendsSomethingElseAfterAFaultHas() throws Exception {
    try (ReplayServer server = server("s2c 1st drop");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61 0001 99").awaitEnd();
      assertEquals(1, verdict(server, 1).differed());
    }
  }

  @Test
  void aClientThatLeavesEarlyWithoutAFaultHas() throws Exception {
    try (ReplayServer server = server("s2c 2nd drop");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(4);
      client.endSending().awaitEnd();
      assertEquals(1, verdict(server, 1).differed());
    }
  }

  @Test
  void aCutAtTheLastReplyIsNotAMatch() throws Exception {
    try (ReplayServer server = server("s2c 2nd truncate 2");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(4);
      assertEquals("0001", client.send("0001 64").endSending().awaitEnd());
      Verdict verdict = verdict(server, 1);
      assertEquals(1, verdict.faulted(), verdict.toString());
    }
  }

  @Test
  void aHangKeepsTheConnectionOpenUntilTheClientEnds() throws Exception {
    try (ReplayServer server = server("s2c 2nd hang");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(4);
      client.send("0001 64");
      client.socket().setSoTimeout(3500); // longer than a replay waits for a client's end otherwise
      assertThrows(SocketTimeoutException.class, () -> client.await(1));
      assertEquals("", client.endSending().awaitEnd());
      assertEquals(1, verdict(server, 1).faulted());
    }
  }

  @Test
  void timeInWhichAFrameIsHeldBackIsNoSilenceOfTheClient() throws Exception {
    ReplayConfig config = Replays.config(file, TWO_REPLIES)
        .withIdleTimeout(Duration.ofMillis(300))
        .withFaults(Faults.of(1, "s2c 1st delay 700ms"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(4);
      assertEquals("000165", client.send("0001 64").endSending().awaitEnd());
      Replays.assertMatched(server, 1);
    }
  }
}
