package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.RecordingException;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReplayServerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("login.rec");
  }

  /** A server of frames with a 2-byte header that plays these lines: "c2s 6869" and so on. */
  private ReplayServer playing(String... lines) throws IOException {
    return playing(Timing.NONE, lines);
  }

  private ReplayServer playing(Timing timing, String... lines) throws IOException {
    StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
    for (String line : lines) {
      text.append(line.matches("\\d.*") ? "" : "0\t")
          .append(line.replace(' ', '\t'))
          .append('\n');
    }
    Files.writeString(file, text);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ReplayServer.start(
        ReplayConfig.of(any, file).withFormat(new FrameFormat(2, 65_535)).withTiming(timing));
  }

  private static Mismatch onlyMismatch(ReplayServer server) throws InterruptedException {
    assertTrue(server.awaitConnections(1, DEADLINE));
    Verdict verdict = server.verdict();
    assertFalse(verdict.passed());
    assertEquals(1, verdict.mismatches().size());
    return verdict.mismatches().get(0);
  }

  private static void assertMatched(ReplayServer server, int count) throws InterruptedException {
    assertTrue(server.awaitConnections(count, DEADLINE));
    assertCounts(count, 0, 0, 0, server.verdict());
  }

  private static void assertCounts(
      long matched, long differed, long incomplete, long broken, Verdict verdict) {
    assertEquals(
        List.of(matched, differed, incomplete, broken),
        List.of(verdict.matched(), verdict.differed(), verdict.incomplete(), verdict.broken()));
    assertEquals(differed, verdict.mismatches().size());
  }

  @Test
  void aClientThatDoesWhatWasRecordedGetsItsRepliesAndMatches() throws Exception {
    try (ReplayServer server = playing("c2s 6869", "s2c 796573", "c2s 21", "s2c ");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003796573", client.send("0002 6869").await(5));
      assertEquals("0000", client.send("0001 21").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void theServerMaySpeakFirst() throws Exception {
    try (ReplayServer server = playing("s2c 6869", "c2s 21");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00026869", client.await(4));
      assertEquals("", client.send("0001 21").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void theSendingEndsBehindTheLastEntryThoughThatIsTheClients() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62", "c2s 63");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      client.socket().setSoTimeout(100); // what is tested is that not even the end comes
      assertThrows(SocketTimeoutException.class, () -> client.await(1));
      assertEquals("", client.send("0001 63").awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aReplyWaitsForAllRequestsBeforeIt() throws Exception {
    try (ReplayServer server = playing("c2s 61", "c2s 62", "s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61");
      client.socket().setSoTimeout(100); // what is tested is that nothing comes
      assertThrows(SocketTimeoutException.class, () -> client.await(1));
      client.socket().setSoTimeout(10_000);
      assertEquals("000163", client.send("0001 62").await(3));
    }
  }

  @Test
  void aClientThatKeepsItsConnectionIsLeftAloneBrieflyAndMatches() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void eachConnectionPlaysTheRecordingByItself() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62", "c2s 63", "s2c 64");
        TestPeer one = TestPeer.connect(server.address());
        TestPeer two = TestPeer.connect(server.address())) {
      assertEquals("000162", one.send("0001 61").await(3));
      assertEquals("000162", two.send("0001 61").await(3));
      assertEquals("000164", two.send("0001 63").awaitEnd());
      assertEquals("000164", one.send("0001 63").awaitEnd());
      one.endSending();
      two.endSending();
      assertMatched(server, 2);
    }
  }

  @Test
  void anotherFrameIsAMismatchThatSaysWhere() throws Exception {
    try (TestLog log = TestLog.open();
        ReplayServer server = playing("c2s 61", "s2c 62", "c2s 68656c6c6f");
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
    try (ReplayServer server = playing("c2s 6162");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").awaitEnd();
      assertEquals(
          "connection 1 c2s entry 1 " + file + ":2: found 1 bytes 61, expected 2 bytes 6162;"
              + " first difference at payload byte 1",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aClientThatEndsEarlyIsAMismatch() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62", "c2s 63");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      client.endSending();
      assertEquals(
          "connection 1 c2s entry 3 " + file + ":4: found the client's end, expected 1 bytes 63",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aFrameBehindTheLastEntryIsAMismatch() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      client.send("0001 63").awaitEnd();
      assertEquals(
          "connection 1 c2s entry 3 " + file + ": found 1 bytes 63,"
              + " expected the end, as the recording is over",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void halfAFrameBehindTheLastEntryIsAMismatch() throws Exception {
    try (ReplayServer server = playing("c2s 61");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61" + "0005 68").endSending();
      assertEquals(
          "connection 1 c2s entry 2 " + file
              + ": found a bad frame: byte 3: found the end after 1 of 5"
              + " payload bytes; the sender stopped early, expected the end, as the recording is over",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void aDifferingClientDisturbsNoOther() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62");
        TestPeer good = TestPeer.connect(server.address());
        TestPeer bad = TestPeer.connect(server.address())) {
      bad.send("0001 7a").awaitEnd();
      assertEquals("000162", good.send("0001 61").awaitEnd());
      good.endSending();
      assertTrue(server.awaitConnections(2, DEADLINE));
      assertEquals(1, server.verdict().matched());
      assertEquals(1, server.verdict().differed());
    }
  }

  @Test
  void aClientThatSendsMuchBeforeItReadsDoesNotLockUp() throws Exception {
    int turns = 1000;
    String payload = "61".repeat(30_000);
    String[] lines = new String[2 * turns];
    for (int i = 0; i < turns; i++) {
      lines[2 * i] = "c2s " + payload;
      lines[2 * i + 1] = "s2c " + payload;
    }
    byte[] frame = HexFormat.of().parseHex("7530" + payload);
    try (ReplayServer server = playing(lines);
        TestPeer client = TestPeer.connect(server.address())) {
      for (int i = 0; i < turns; i++) {
        client.send(frame); // 30 MB: more than the sockets hold
      }
      for (int i = 0; i < turns; i++) {
        assertEquals(frame.length, client.awaitBytes(frame.length).length);
      }
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void manySmallFramesMayBeUnderWayAtATime() throws Exception {
    int turns = 20_000;
    String[] lines = new String[2 * turns];
    ByteBuffer requests = ByteBuffer.allocate(4 * turns);
    ByteBuffer replies = ByteBuffer.allocate(4 * turns);
    for (int i = 0; i < turns; i++) {
      lines[2 * i] = String.format("c2s %04x", i);
      lines[2 * i + 1] = String.format("s2c %04x", ~i & 0xffff);
      requests.putShort((short) 2).putShort((short) i);
      replies.putShort((short) 2).putShort((short) ~i);
    }
    try (ReplayServer server = playing(lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(requests.array()).endSending();
      assertArrayEquals(replies.array(), client.awaitBytes(4 * turns));
      assertEquals("", client.awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void repliesInARowAreNotKeptBackForTheNextRequest() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62", "s2c 63", "s2c ", "c2s 64", "s2c 65");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00016200016300" + "00", client.send("0001 61").await(8));
      assertEquals("000165", client.send("0001 64").awaitEnd());
    }
  }

  @Test
  void recordedPausesAreKept() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL, "0 c2s 61", "150000 s2c 62", "300000 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      long start = System.nanoTime();
      client.send("0001 61").await(3);
      assertTrue(System.nanoTime() - start >= 150_000_000, "the first reply was early");
      client.await(3);
      assertTrue(System.nanoTime() - start >= 300_000_000, "the second reply was early");
    }
  }

  @Test
  void aPauseCountsFromTheFrameBeforeNotFromTheBeginning() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL, "0 c2s 61", "3600000000 c2s 62", "3600000001 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000163", client.send("0001 61" + "0001 62").await(3));
    }
  }

  @Test
  void aPauseIsKeptThoughTheNextFrameIsThereAlready() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (ReplayServer server =
              playing(Timing.ORIGINAL, "0 s2c 60", "0 c2s 61", "100000 s2c 62", "100000 c2s 63");
          TestPeer client = TestPeer.connect(server.address())) {
        client.await(3);
        long start = System.nanoTime();
        client.send("0001 61 0001 63").await(3);
        assertTrue(System.nanoTime() - start >= 100_000_000, "the reply was early, round " + i);
      }
    }
  }

  @Test
  void aResetBeforeAllRepliesIsAMismatch() throws Exception {
    try (ReplayServer server = playing(Timing.ORIGINAL, "0 c2s 61", "3600000000 s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").reset();
      assertEquals(
          "connection 1 s2c entry 2 " + file
              + ":3: found the client gone: Connection reset, expected 1 bytes 62",
          onlyMismatch(server).toString());
    }
  }

  @Test
  void damageInTheMiddleIsToldWithItsLine() throws Exception {
    try (TestLog log = TestLog.open();
        ReplayServer server = playing("c2s 61", "c2s 6");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0001 61").awaitEnd());
      log.await(
          "ERROR",
          "connection 1: " + file + ":3: payload: found 1 hex digits, expected an even number");
      assertTrue(server.awaitConnections(1, DEADLINE));
      assertCounts(0, 0, 0, 1, server.verdict());
    }
  }

  @Test
  void closingTheServerIsNotTheClientsFault() throws Exception {
    ReplayServer server = playing("c2s 61", "s2c 62", "c2s 63");
    try (TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      server.close();
      assertEquals("", client.awaitEnd());
    }
    assertCounts(0, 0, 1, 0, server.verdict());
    assertTrue(server.verdict().passed());
  }

  @Test
  void aHundredClientsPlayAtTheSameTime() throws Exception {
    try (ReplayServer server = playing("c2s 61", "s2c 62")) {
      CompletableFuture<?>[] clients = new CompletableFuture<?>[100];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = CompletableFuture.runAsync(() -> playOnce(server));
      }
      CompletableFuture.allOf(clients).join();
      assertMatched(server, clients.length);
    }
  }

  private static void playOnce(ReplayServer server) {
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aMissingOrWrongRecordingIsToldAtTheStart() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    assertThrows(RecordingException.class, () -> ReplayServer.start(ReplayConfig.of(any, file)));
    Files.writeString(file, "# ts_proxy recording v2\n");
    Exception e = assertThrows(
        RecordingException.class, () -> ReplayServer.start(ReplayConfig.of(any, file)));
    assertEquals(
        file + ":1: version: found \"v2\", expected v1; correct the line or record again",
        e.getMessage());
  }
}
