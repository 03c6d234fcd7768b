package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How a verification ends, and what may come at any time. */
class VerifierEndTest extends VerifierTestBase {
  private VerifyConfig written(String text) throws IOException {
    VerifyConfig config = config();
    Files.writeString(file, text);
    return config;
  }

  @Test
  void aClientThatEndedItsSendingEarlyDoesSoAgain() throws Exception {
    try (Verifier verifier = Verifier.start(
            written("0\tc2s\t61\n# client ended its sending\n0\ts2c\t62\n# ended by client\n"));
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.awaitEnd());
      peer.send("0001 62").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatAnswersOnlyWhenItsClientHasEndedMatches() throws Exception {
    VerifyConfig config = config("c2s 61", "s2c 62").withReplyTimeout(Duration.ofSeconds(2));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.awaitEnd());
      peer.send("0001 62").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aClientThatStillHasSomethingToSayDoesNotEndItsSending() throws Exception {
    VerifyConfig config =
        config("c2s 61", "s2c 62", "c2s 63", "s2c 64").withReplyTimeout(Duration.ofSeconds(1));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.awaitEnd(), "until the time is over");
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
      assertEquals(Kind.NOTHING_CAME, Replays.onlyMismatch(verifier.verdict()).kind());
    }
  }

  @Test
  void aConnectionThatTheTargetEndedWaitsForItsEnd() throws Exception {
    try (Verifier verifier =
            Verifier.start(written("0\tc2s\t61\n0\ts2c\t62\n# ended by target\n"));
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0001 62").await(3));
      peer.socket().setSoTimeout(100); // what is tested is that not even the end comes
      assertThrows(SocketTimeoutException.class, () -> peer.await(1));
      peer.endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatDoesNotEndAsItDidIsWaitedForAsLongAsForAReply() throws Exception {
    VerifyConfig config = written("0\tc2s\t61\n0\ts2c\t62\n# ended by target\n")
        .withReplyTimeout(Duration.ofMillis(300));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0001 62").awaitEnd());
      assertMatched(verifier);
    }
  }

  @Test
  void framesThatMayComeAtAnyTimeMayComeAnywhere() throws Exception {
    VerifyConfig config = config("c2s 61", "s2c ff", "s2c 62", "c2s 63", "s2c 64")
        .withRules(Rules.of("allow s2c[0=ff]"));
    for (Order order : Order.values()) {
      try (Verifier verifier = Verifier.start(config.withOrder(order));
          TestPeer peer = target.accept()) {
        peer.send("0001 ff");
        assertEquals("000161", peer.await(3));
        peer.send("0001 62");
        assertEquals("000163", peer.await(3));
        peer.send("0001 ff 0001 64 0001 ff").endSending();
        assertMatched(verifier);
        assertEquals(3, verifier.verdict().allowedFrames());
      }
    }
  }

  @Test
  void framesThatMayComeAtAnyTimeAreNoReply() throws Exception {
    VerifyConfig config = config("c2s 61", "s2c 62")
        .withRules(Rules.of("allow s2c[0=ff]"))
        .withReplyTimeout(Duration.ofMillis(500));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      CompletableFuture<Void> heartbeats = CompletableFuture.runAsync(() -> beat(peer));
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
      assertEquals(Kind.NOTHING_CAME, Replays.onlyMismatch(verifier.verdict()).kind());
      peer.reset();
      heartbeats.join();
    }
  }

  /** Sends heartbeats until the connection is closed. */
  private static void beat(TestPeer peer) {
    try {
      while (true) {
        peer.send("0001 ff");
        LockSupport.parkNanos(1_000_000);
      }
    } catch (IOException e) {
      // the test closed the connection
    }
  }
}
