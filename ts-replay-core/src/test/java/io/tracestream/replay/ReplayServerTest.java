package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.RecordingException;
import io.tracestream.testing.Await;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ReplayServerTest extends ReplayTestBase {
  @Test
  void aClientThatDoesWhatWasRecordedGetsItsRepliesAndMatches() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 6869", "s2c 796573", "c2s 21", "s2c ");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003796573", client.send("0002 6869").await(5));
      assertEquals("0000", client.send("0001 21").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void anObserverSeesTheFramesOfBothSides() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    ReplayConfig config = Replays.config(file, "c2s 6869", "s2c 796573", "c2s 21", "s2c ")
        .withObserver((connection, direction, parts) ->
            seen.add(connection + " " + direction + " " + StandardCharsets.UTF_8.decode(parts[0])));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003796573", client.send("0002 6869").await(5));
      assertEquals("", client.send("0001 3f").endSending().awaitEnd()); // a mismatch, seen as well
    }
    assertEquals(List.of("1 c2s hi", "1 s2c yes", "1 c2s ?"), List.copyOf(seen));
  }

  @Test
  void itCountsWhatClientsSendAlsoOnceTheyHaveLeft() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 6869", "s2c 796573", "c2s 21", "s2c ");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0002 6869").await(5);
      assertEquals(1, server.stats().openConnections());
      assertEquals(1, server.stats().frames());
      assertEquals(4, server.stats().bytes());
      client.send("0001 21").awaitEnd();
      client.endSending();
      assertTrue(Await.until(() -> server.stats().openConnections() == 0));
      assertEquals(2, server.stats().frames());
      assertEquals(7, server.stats().bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEntryThatNoFrameCanCarryIsNamedByItsLine(boolean stub) throws Exception {
    FrameFormat format = new FrameFormat(Framing.parse("length=1,offset=2"), 100);
    BlockingQueue<String> damage = new LinkedBlockingQueue<>();
    SessionListener listener = new SessionListener() {
      @Override
      public void ended(SessionResult result) {
        damage.add(String.valueOf(result.damage()));
      }
    };
    ReplayConfig config = Replays.config(file, "c2s 616263", "s2c 414243", "s2c 41", "s2c 4142")
        .withFormat(format)
        .withStub(stub)
        .withListener(listener);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("6162 01 63").endSending();
      assertEquals("41420143", client.awaitEnd());
      assertEquals(
          file + ":4: payload: found 1 bytes, expected at least 2, as the framing is"
              + " length=1,offset=2; correct it or the framing",
          damage.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void theServerMaySpeakFirst() throws Exception {
    try (ReplayServer server = Replays.start(file, "s2c 6869", "c2s 21");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00026869", client.await(4));
      assertEquals("", client.send("0001 21").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void theSendingEndsBehindTheLastEntryThoughThatIsTheClients() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 63");
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
    try (ReplayServer server = Replays.start(file, "c2s 61", "c2s 62", "s2c 63");
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
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void eachConnectionPlaysTheRecordingByItself() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 63", "s2c 64");
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
  void aClientThatSendsMuchBeforeItReadsDoesNotLockUp() throws Exception {
    int turns = 1000;
    String payload = "61".repeat(30_000);
    String[] lines = new String[2 * turns];
    for (int i = 0; i < turns; i++) {
      lines[2 * i] = "c2s " + payload;
      lines[2 * i + 1] = "s2c " + payload;
    }
    byte[] frame = HexFormat.of().parseHex("7530" + payload);
    try (ReplayServer server = Replays.start(file, lines);
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
    try (ReplayServer server = Replays.start(file, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(requests.array()).endSending();
      assertArrayEquals(replies.array(), client.awaitBytes(4 * turns));
      assertEquals("", client.awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void repliesInARowAreNotKeptBackForTheNextRequest() throws Exception {
    try (ReplayServer server =
            Replays.start(file, "c2s 61", "s2c 62", "s2c 63", "s2c ", "c2s 64", "s2c 65");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00016200016300" + "00", client.send("0001 61").await(8));
      assertEquals("000165", client.send("0001 64").awaitEnd());
    }
  }

  @Test
  void closingTheServerIsNotTheClientsFault() throws Exception {
    ReplayServer server = Replays.start(file, "c2s 61", "s2c 62", "c2s 63");
    try (TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").await(3);
      server.close();
      assertEquals("", client.awaitEnd());
    }
    assertCounts(0, 0, 1, 0, server.verdict());
    assertFalse(server.verdict().passed());
    assertTrue(server.verdict().failed());
  }

  @Test
  void aHundredClientsPlayAtTheSameTime() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62")) {
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

  @Test
  void aSessionThatIsStoppedInsideAFrameTooManyIsIncomplete() throws Exception {
    ReplayServer server = Replays.start(file, "c2s 61", "s2c 62");
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61" + "00").await(3));
      server.close();
      assertEquals(0, server.verdict().matched(), server.verdict().toString());
    }
  }
}
