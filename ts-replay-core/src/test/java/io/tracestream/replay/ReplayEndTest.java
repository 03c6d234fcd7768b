package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a replay does once the recording's last entry is played. */
class ReplayEndTest extends ReplayTestBase {
  private ReplayConfig config(AtEnd atEnd, String... lines) throws IOException {
    return Replays.config(file, lines).withAtEnd(atEnd);
  }

  /** As above, of a file whose last line is that comment. */
  private ReplayConfig recorded(String end, String... lines) throws IOException {
    ReplayConfig config = config(AtEnd.AS_RECORDED, lines);
    Files.writeString(file, "# " + end + "\n", StandardOpenOption.APPEND);
    return config;
  }

  private static void assertStaysOpen(TestPeer client) throws IOException {
    client.socket().setSoTimeout(100); // what is tested is that not even the end comes
    assertThrows(SocketTimeoutException.class, () -> client.await(1));
    client.socket().setSoTimeout(30_000);
  }

  @Test
  void aConnectionThatIsHeldStaysOpenUntilTheClientEndsIt() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(AtEnd.HOLD, "c2s 61", "s2c 62"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertStaysOpen(client);
      assertEquals("", client.endSending().awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aConnectionThatIsHeldCountsAsCompleteAndMatchesWhenTheServerStops() throws Exception {
    ReplayServer server = ReplayServer.start(config(AtEnd.HOLD, "c2s 61", "s2c 62"));
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session does not count");
      assertCounts(1, 0, 0, 0, server.verdict());
      assertTrue(server.verdict().passed());
      server.close();
      assertEquals("", client.awaitEnd());
      assertCounts(1, 0, 0, 0, server.verdict());
    }
  }

  @Test
  void aFurtherFrameOnAConnectionThatIsHeldIsAMismatchAtAnyTime() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(AtEnd.HOLD, "c2s 61", "s2c 62"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session does not count");
      client.send("0001 63").awaitEnd();
      assertFalse(server.awaitConnections(2, java.time.Duration.ofMillis(1)), "it counts once");
      Mismatch mismatch = onlyMismatch(server.verdict());
      assertEquals(Kind.EXTRA_FRAME, mismatch.kind());
      assertFalse(mismatch.hints().contains(Hint.HOLD_AT_END));
    }
  }

  @Test
  void aClientThatComesBackOnAClosedConnectionGetsAHint() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(AtEnd.CLOSE, "c2s 61", "s2c 62"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      client.send("0001 63");
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Kind.EXTRA_FRAME, mismatch.kind());
      assertTrue(mismatch.hints().contains(Hint.HOLD_AT_END));
    }
  }

  @Test
  void aClientThatConnectsAgainAfterItsConnectionWasClosedGetsAHint() throws Exception {
    ReplayConfig config = config(AtEnd.CLOSE, "c2s 61", "s2c 62").withRepeat(false);
    try (ReplayServer server = ReplayServer.start(config)) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61").awaitEnd());
      }
      assertMatched(server, 1);
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("", client.awaitEnd());
      }
      assertTrue(server.awaitConnections(2, Replays.DEADLINE), "the second session goes on");
      assertTrue(onlyMismatch(server.verdict()).hints().contains(Hint.HOLD_AT_END));
    }
  }

  @Test
  void aConnectionThatTheClientEndedIsHeld() throws Exception {
    try (ReplayServer server = ReplayServer.start(recorded("ended by client", "c2s 61", "s2c 62"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertStaysOpen(client);
      assertEquals("", client.endSending().awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aConnectionThatTheTargetEndedIsClosed() throws Exception {
    for (String end : List.of("ended by target", "cut off", "that is all")) {
      try (ReplayServer server = ReplayServer.start(recorded(end, "c2s 61", "s2c 62"));
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61").awaitEnd());
        client.endSending();
        assertMatched(server, 1);
      }
    }
  }

  @Test
  void aRecordedEndCanBeOverruled() throws Exception {
    ReplayConfig config = recorded("ended by client", "c2s 61", "s2c 62").withAtEnd(AtEnd.CLOSE);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
    }
  }

  @Test
  void theServerEndsItsSendingWhereTheTargetDid() throws Exception {
    Files.writeString(
        file,
        "0\tc2s\t61\n0\ts2c\t62\n# target ended its sending\n0\tc2s\t63\n# ended by target\n");
    try (ReplayServer server = ReplayServer.start(Replays.config(file));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      client.send("0001 63").endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aFrameAfterTheRecordedEndOfItsSenderBreaksTheSession() throws Exception {
    Files.writeString(file, "0\tc2s\t61\n# target ended its sending\n0\tc2s\t63\n0\ts2c\t62\n");
    try (ReplayServer server = ReplayServer.start(Replays.config(file));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0001 61").awaitEnd());
      client.send("0001 63");
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session goes on");
      assertCounts(0, 0, 0, 1, server.verdict());
    }
  }

  @Test
  void aLastLineWithoutItsEndIsWarnedOfAndNoted() throws Exception {
    Files.writeString(file, "0\tc2s\t61\n0\ts2c\t62");
    try (TestLog log = TestLog.open();
        ReplayServer server = ReplayServer.start(Replays.config(file));
        TestPeer client = TestPeer.connect(server.address())) {
      String note = file + ": the last line has no line end; it may have been cut off";
      log.await("WARN", note);
      assertEquals("000162", client.send("0001 61").endSending().awaitEnd());
      assertMatched(server, 1);
      assertEquals(List.of(note), server.verdict().notes());
    }
  }

  @Test
  void framesThatMayComeAtAnyTimeAreNotExpectedAndMayComeEvenAfterTheEnd() throws Exception {
    ReplayConfig config = config(AtEnd.HOLD, "c2s ff", "c2s 61", "c2s ff", "s2c 62", "c2s ff")
        .withRules(Rules.of("allow c2s[0=ff]", "allow s2c", "allow c2s[0=fe]"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      client.send("0001 ff 0001 ff").endSending();
      assertMatched(server, 1);
      Verdict verdict = server.verdict();
      assertTrue(verdict.passed());
      assertEquals(2, verdict.allowedFrames());
      assertEquals(1, verdict.entriesMatched());
      assertEquals(List.of("allow s2c", "allow c2s[0=fe]"), verdict.unusedRules());
    }
  }

  @Test
  void whereAllFramesMayComeAtAnyTimeNothingWasCompared() throws Exception {
    ReplayConfig config = config(AtEnd.CLOSE, "c2s 61", "s2c 62").withRules(Rules.of("allow c2s"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 63").endSending().awaitEnd();
      assertMatched(server, 1);
      assertTrue(server.verdict().failed());
      assertEquals(
          List.of(file + ": has no c2s entry besides those that may come at any time,"
              + " so nothing was compared"),
          server.verdict().notes());
    }
  }

  @Test
  void anEntryKeepsItsNumberWhereThoseBeforeItMayComeAtAnyTime() throws Exception {
    ReplayConfig config = config(AtEnd.CLOSE, "c2s ff", "c2s ff", "c2s 61", "c2s 62")
        .withRules(Rules.of("allow c2s[0=ff]"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 ff 0001 61 0001 63").awaitEnd();
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(4, mismatch.place().entry());
      assertEquals(4, mismatch.place().entries());
      assertEquals(5, mismatch.place().line());
    }
  }
}
