package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Targets that do what was recorded. */
class VerifierTest extends VerifierTestBase {
  private static Rules copying(String... copies) {
    return Rules.of(Stream.of(copies).map(copy -> "copy " + copy).toArray(String[]::new));
  }

  @Test
  void aTargetThatAnswersAsItWasRecordedMatches() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 6869", "s2c 796573", "c2s 21", "s2c 3f"));
        TestPeer peer = target.accept()) {
      assertEquals(peer.socket().getPort(), verifier.address().getPort());
      assertEquals("00026869", peer.await(4));
      assertEquals("000121", peer.send("0003 796573").await(3));
      assertEquals("", peer.send("0001 3f").awaitEnd());
      peer.endSending();
      assertEquals(2, assertMatched(verifier).entriesMatched());
    }
  }

  @Test
  void theTargetMaySpeakFirst() throws Exception {
    try (Verifier verifier = Verifier.start(config("s2c 6869", "c2s 21"));
        TestPeer peer = target.accept()) {
      peer.send("0002 6869");
      assertEquals("000121", peer.awaitEnd());
      peer.endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void theClientMayHaveTheLastWord() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 61", "s2c 62", "c2s 63"));
        TestPeer peer = target.accept()) {
      peer.send("0001 62");
      assertEquals("000161" + "000163", peer.awaitEnd());
      peer.endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void theClientWaitsForTheRepliesThatItWaitedFor() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 61", "s2c 62", "c2s 63"));
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      peer.socket().setSoTimeout(100); // what is tested is that nothing comes
      assertThrows(SocketTimeoutException.class, () -> peer.await(1));
      peer.socket().setSoTimeout(10_000);
      assertEquals("000163", peer.send("0001 62").awaitEnd());
      peer.endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void payloadsMayBeEmpty() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s ", "s2c ", "c2s ", "s2c "));
        TestPeer peer = target.accept()) {
      assertEquals("0000", peer.await(2));
      assertEquals("0000", peer.send("0000").await(2));
      peer.send("0000").endSending();
      assertEquals(2, assertMatched(verifier).entriesMatched());
    }
  }

  @Test
  void aVerificationOfRequestsAloneComparesNothingAndFails() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 61", "c2s 62"));
        TestPeer peer = target.accept()) {
      assertEquals("000161" + "000162", peer.awaitEnd());
      peer.endSending();
      Verdict verdict = assertMatched(verifier);
      assertEquals(0, verdict.entriesMatched());
      assertFalse(verdict.passed());
      assertTrue(verdict.failed());
      assertEquals(List.of(file + ": has no s2c entry, so nothing was compared"), verdict.notes());
    }
  }

  @Test
  void aTargetThatRepliesBeforeItIsAskedDiffers() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 61", "s2c 62", "c2s 63", "s2c 64"));
        TestPeer peer = target.accept()) {
      peer.send("0001 62 0001 64");
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
      Mismatch mismatch = Replays.onlyMismatch(verifier.verdict());
      assertEquals(Mismatch.Kind.TOO_EARLY, mismatch.kind());
      assertEquals(4, mismatch.place().entry());
    }
  }

  @Test
  void aTargetThatIsQuickerThanItWasRecordedMayAnswerBeforeTheNextRequest() throws Exception {
    VerifyConfig config = config("0 c2s 61", "200000 c2s 62", "300000 s2c 63", "300000 s2c 64")
        .withTiming(Timing.ORIGINAL);
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      assertEquals("000162", peer.send("0001 63").await(3));
      peer.send("0001 64").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatKeepsItsConnectionIsLeftAloneBrieflyAndMatches() throws Exception {
    VerifyConfig config = config("c2s 61", "s2c 62").withReplyTimeout(Duration.ofMillis(700));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0001 62").awaitEnd());
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatIsResetBehindItsLastReplyMatches() throws Exception {
    try (Verifier verifier = Verifier.start(config("c2s 61", "s2c 62"));
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0001 62").awaitEnd());
      peer.reset();
      assertMatched(verifier);
    }
  }

  @Test
  void aSessionIdOfTheServersGoesIntoLaterRequests() throws Exception {
    VerifyConfig config = config("c2s 01", "s2c 025e55", "c2s 035e55", "s2c 04", "c2s 055e55")
        .withRules(copying("s2c:1+2->c2s:1+2"));
    for (String id : List.of("aaaa", "bbbb", "5e55")) {
      try (Verifier verifier = Verifier.start(config);
          TestPeer peer = target.accept()) {
        assertEquals("000101", peer.await(3));
        assertEquals("000303" + id, peer.send("0003 02" + id).await(5));
        assertEquals("000305" + id, peer.send("0001 04").awaitEnd());
        peer.endSending();
        assertMatched(verifier);
      }
    }
  }

  @Test
  void aSessionIdThatComesBackFromTheServerIsExpectedToBeItsOwn() throws Exception {
    // The server gives an id, the client says it, and the server confirms it in another place.
    VerifyConfig config = config("s2c 025e55", "c2s 035e55", "s2c 0600005e55")
        .withRules(copying("s2c:1+2->c2s:1+2", "c2s:1+2->s2c:3+2"));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000303aaaa", peer.send("0003 02aaaa").await(5));
      peer.send("0005 060000aaaa").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aNumberOfTheServersGoesIntoLaterRequestsWhateverItsLength() throws Exception {
    VerifyConfig config = config("c2s 01", "s2c 393b", "c2s 0239", "s2c 04393b")
        .withRules(
            copying("s2c:0+digits->c2s[0=02]:1+digits", "c2s[0=02]:1+digits->s2c[0=04]:1+digits"));
    for (String number : List.of("39", "313030", "35")) {
      int length = number.length() / 2;
      String back = HexFormat.of().toHexDigits((short) (1 + length)) + "02" + number;
      try (Verifier verifier = Verifier.start(config);
          TestPeer peer = target.accept()) {
        assertEquals("000101", peer.await(3));
        peer.send(HexFormat.of().toHexDigits((short) (length + 1)) + number + "3b");
        assertEquals(back, peer.await(back.length() / 2));
        peer.send(HexFormat.of().toHexDigits((short) (length + 2)) + "04" + number + "3b");
        peer.endSending();
        assertMatched(verifier);
      }
    }
  }

  @Test
  void ignoredBytesOfRepliesMayVary() throws Exception {
    VerifyConfig config =
        config("c2s 61", "s2c 620000", "c2s 63", "s2c 64").withRules(Rules.of("ignore s2c:-2+2"));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.send("0003 62ffff 0001 aa").awaitEnd();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertEquals(1, verifier.verdict().entriesMatched());
    }
  }

  @Test
  void recordedPausesOfTheClientAreKept() throws Exception {
    VerifyConfig config =
        config("100000 c2s 61", "100000 s2c 62", "300000 c2s 63").withTiming(Timing.ORIGINAL);
    long start = System.nanoTime();
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(3);
      assertTrue(System.nanoTime() - start >= 100_000_000, "the first frame was early");
      peer.send("0001 62").await(3);
      assertTrue(System.nanoTime() - start >= 300_000_000, "the second frame was early");
      peer.endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aClientThatTakesItsTimeIsNoReplyThatIsMissing() throws Exception {
    VerifyConfig config = config("0 c2s 61", "0 s2c 62", "1300000 c2s 63", "1300000 s2c 64")
        .withTiming(Timing.ORIGINAL)
        .withReplyTimeout(Duration.ofSeconds(1));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.send("0001 62");
      assertEquals("000161" + "000163", peer.await(6));
      peer.send("0001 64").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aPauseThatTheServerMadeIsNotCountedAgainstIt() throws Exception {
    VerifyConfig config = config("0 c2s 61", "20000000 s2c 62")
        .withTiming(Timing.ORIGINAL)
        .withReplyTimeout(Duration.ofMillis(200));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      peer.socket().setSoTimeout(500); // what is tested is that not even the end comes
      assertThrows(SocketTimeoutException.class, () -> peer.await(1));
      peer.send("0001 62").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatIsNotThereIsToldAtTheStart() throws Exception {
    VerifyConfig config = config("c2s 61");
    target.close();
    assertThrows(ConnectException.class, () -> Verifier.start(config));
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
    Exception unknown = assertThrows(
        ConnectException.class,
        () -> Verifier.start(VerifyConfig.of(nowhere, dir.resolve("login.rec"))));
    assertEquals(
        "target nowhere.invalid:1 cannot be reached: there is no such name;"
            + " start the target or correct its address",
        unknown.getMessage());
  }

  @Test
  void aMissingRecordingIsToldBeforeTheTargetIsDisturbed() throws Exception {
    VerifyConfig config = VerifyConfig.of(target.address(), dir.resolve("none"));
    assertThrows(RecordingException.class, () -> Verifier.start(config));
  }

  @Test
  void aVerificationThatIsClosedIsIncomplete() throws Exception {
    Verifier verifier = Verifier.start(config("c2s 61", "s2c 62"));
    try (TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      assertFalse(verifier.awaitConnections(1, Duration.ofMillis(1)));
      verifier.close();
      assertEquals("", peer.awaitEnd());
    }
    assertCounts(0, 0, 1, 0, verifier.verdict());
  }

  @Test
  void aTimeOutThatIsNoneIsRefused() throws Exception {
    VerifyConfig config = config("c2s 61");
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> config.withReplyTimeout(Duration.ZERO));
    assertEquals("replyTimeout: found PT0S, expected more than 0", refused.getMessage());
  }
}
