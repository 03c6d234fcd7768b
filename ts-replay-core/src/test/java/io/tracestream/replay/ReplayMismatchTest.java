package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayMismatchTest extends ReplayTestBase {
  private ReplayServer playingWithPauses(String... lines) throws IOException {
    return ReplayServer.start(Replays.config(file, lines).withTiming(Timing.ORIGINAL));
  }

  @Test
  void anotherFrameIsAMismatchThatSaysWhere() throws Exception {
    try (TestLog log = TestLog.open();
        ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 68656c6c6f");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      assertEquals("", client.send("0005 68656c706f").awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(3, mismatch.place().entry());
      assertEquals(4, mismatch.place().line());
      assertEquals(3, mismatch.offset());
      String sentence = "connection 1 c2s entry 3 " + file + ":4: found 5 bytes 68656c706f,"
          + " expected 5 bytes 68656c6c6f; first difference at payload byte 3";
      assertEquals(sentence, mismatch.toString());
      log.await("WARN", sentence);
    }
  }

  @Test
  void aShorterFrameDiffersWhereItEnds() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 6162");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").awaitEnd();
      assertEquals(
          "connection 1 c2s entry 1 " + file + ":2: found 1 byte 61, expected 2 bytes 6162;"
              + " first difference at payload byte 1",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aClientThatEndsEarlyIsAMismatch() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 63");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      client.endSending();
      assertEquals(
          "connection 1 c2s entry 3 " + file
              + ":4: the client ended its sending; expected 1 byte 63",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aFrameBehindTheLastEntryIsAMismatch() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      client.send("0001 63").awaitEnd();
      assertEquals(
          "connection 1 c2s after the last entry of " + file + ": found one more frame, 1 byte 63",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void halfAFrameBehindTheLastEntryIsAMismatch() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61" + "0005 68").endSending();
      assertEquals(
          "connection 1 c2s after the last entry of " + file
              + ": the client ended its sending inside a frame: byte 3: found the end after 1 of 5"
              + " payload bytes; the recording is over",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aDifferingClientDisturbsNoOther() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62");
        TestPeer good = TestPeer.connect(server.address());
        TestPeer bad = TestPeer.connect(server.address())) {
      bad.send("0001 7a").awaitEnd();
      assertEquals("000162", good.send("0001 61").awaitEnd());
      good.endSending();
      assertTrue(server.awaitConnections(2, Replays.DEADLINE));
      assertEquals(1, server.verdict().matched());
      assertEquals(1, server.verdict().differed());
    }
  }

  @Test
  void aResetBeforeAllRepliesIsAMismatch() throws Exception {
    try (ReplayServer server = playingWithPauses("0 c2s 61", "3600000000 s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").reset();
      assertEquals(
          "connection 1 s2c entry 2 " + file
              + ":3: the client is gone: Connection reset; it was sent 1 byte 62",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void whatWasDueBeforeAWrongFrameIsSentThoughBothCameInOneWrite() throws Exception {
    for (Timing timing : List.of(Timing.NONE, Timing.ORIGINAL)) {
      ReplayConfig config =
          Replays.config(file, "0 c2s 61", "300 s2c 62", "600 c2s 63").withTiming(timing);
      try (ReplayServer server = ReplayServer.start(config);
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61 0001 7a").awaitEnd());
        assertEquals(3, onlyMismatch(server).place().entry());
      }
    }
  }

  @Test
  void whatWasDueBeforeABadFrameIsSentThoughBothCameInOneWrite() throws Exception {
    FrameFormat shortFrames = new FrameFormat(2, 1);
    try (ReplayServer server = ReplayServer.start(
            Replays.config(file, "c2s 61", "s2c 62", "c2s 63").withFormat(shortFrames));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61 ffff").awaitEnd());
      assertEquals(Mismatch.Kind.BAD_FRAME, onlyMismatch(server).kind());
    }
  }

  @Test
  void allRepliesThatWereDueAreSentToAClientThatReadsThemLate() throws Exception {
    String[] lines = new String[402];
    Arrays.fill(lines, "s2c " + "61".repeat(60_000)); // more than the sockets hold
    lines[0] = "c2s 61";
    lines[401] = "c2s 63";
    try (ReplayServer server = Replays.start(file, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61 0001 7a");
      assertEquals(402, onlyMismatch(server).place().entry());
      for (int i = 0; i < 400; i++) {
        client.awaitBytes(60_002);
      }
      assertEquals("", client.awaitEnd());
    }
  }

  @Test
  void aClientWhoseSecondConnectionFollowsInTheSameFileIsHintedAt() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      client.endSending();
      assertEquals(List.of(Hint.RECORD_EACH_CONNECTION), onlyMismatch(server).hints());
    }
  }

  @Test
  void damageInTheMiddleIsToldWithItsLine() throws Exception {
    try (TestLog log = TestLog.open();
        ReplayServer server = Replays.start(file, "c2s 61", "c2s 6");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0001 61").awaitEnd());
      log.await(
          "ERROR",
          "connection 1: " + file + ":3: payload: found 1 hex digits, expected an even number");
      assertTrue(server.awaitConnections(1, Replays.DEADLINE));
      assertCounts(0, 0, 0, 1, server.verdict());
    }
  }

  @Test
  void damageInAReplyIsNotTheClientsEnd() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 6", "c2s 63");
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("", client.send("0001 61").awaitEnd());
        assertTrue(server.awaitConnections(1, Replays.DEADLINE));
        assertCounts(0, 0, 0, 1, server.verdict());
      }
    }
  }

  @Test
  void aClientThatDepartsBeforeTheDamageDiffers() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 6", "c2s 63");
          TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 7a").awaitEnd();
        assertEquals(1, onlyMismatch(server).place().entry());
      }
      try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 6", "c2s 63");
          TestPeer client = TestPeer.connect(server.address())) {
        client.endSending().awaitEnd();
        assertEquals(Mismatch.Kind.EARLY_END, onlyMismatch(server).kind());
      }
    }
  }
}
