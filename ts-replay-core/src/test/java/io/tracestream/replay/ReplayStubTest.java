package io.tracestream.replay;

import static io.tracestream.replay.Replays.DEADLINE;
import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.RandomSeeds;
import io.tracestream.testing.TestPeer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stub on real sockets. */
@Timeout(60)
class ReplayStubTest {
  @TempDir
  private Path dir;

  private ReplayConfig stub(String... lines) throws IOException {
    return Replays.config(dir.resolve("login.rec"), lines).withStub(true);
  }

  private static ReplayConfig stub(List<Conversation> conversations) {
    return ReplayConfig.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), conversations)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE)
        .withStub(true);
  }

  private static Conversation conversation(String name, String... lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append("0\t").append(line.replace(' ', '\t')).append('\n');
    }
    return Conversation.of(Recording.of(name, text.toString()));
  }

  @Test
  void clientsAskInOrdersOfTheirOwnAtTheSameTime() throws Exception {
    String[] lines = {"c2s 01", "s2c a1", "c2s 02", "s2c a2", "c2s 03", "s2c a3"};
    try (ReplayServer server = ReplayServer.start(stub(lines));
        TestPeer one = TestPeer.connect(server.address());
        TestPeer other = TestPeer.connect(server.address())) {
      assertEquals("0001a3", one.send("0001 03").await(3));
      assertEquals("0001a2", other.send("0001 02").await(3));
      assertEquals("0001a2", one.send("0001 02").await(3));
      assertEquals("0001a2", one.send("0001 02").await(3));
      assertEquals("0001a1", other.send("0001 01").await(3));
      one.endSending();
      other.endSending();
      assertMatched(server, 2);
      assertEquals(6 - 1, server.verdict().entriesMatched());
      assertEquals(0, server.verdict().unusedRequests());
      assertTrue(server.verdict().passed());
    }
  }

  @Test
  void aClientThatComesBackGoesOnWhereItWas() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(stub("s2c 00", "c2s 01", "s2c a1", "c2s 01", "s2c b1"))) {
      for (String answer : List.of("a1", "b1", "b1")) {
        try (TestPeer client = TestPeer.connect(server.address())) {
          assertEquals("000100", client.await(3));
          assertEquals("0001" + answer, client.send("0001 01").await(3));
        }
      }
      assertMatched(server, 3);
    }
  }

  @Test
  void theConnectionStaysOpenUntilTheClientEndsIt() throws Exception {
    try (ReplayServer server = ReplayServer.start(stub("c2s 01", "s2c a1"));
        TestPeer client = TestPeer.connect(server.address())) {
      for (int i = 0; i < 3; i++) {
        assertEquals("0001a1", client.send("0001 01").await(3));
      }
      assertEquals("", client.endSending().awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aClientThatBreaksOffBetweenFramesHasItsAnswers() throws Exception {
    try (ReplayServer server = ReplayServer.start(stub("c2s 01", "s2c a1"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0001a1", client.send("0001 01").await(3));
      client.reset();
      assertMatched(server, 1);
    }
  }

  @Test
  void aRequestWithoutAReplyGetsNone() throws Exception {
    try (ReplayServer server = ReplayServer.start(stub("c2s 01", "c2s 02", "s2c a2"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0001a2", client.send("0001 01 0001 02").endSending().awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aRequestThatNothingEqualsIsAMismatchWithTheNearest() throws Exception {
    try (ReplayServer server = ReplayServer.start(
            stub("c2s 0101aa", "s2c a1", "c2s 0202bb", "s2c a2", "c2s 0202bbcc", "s2c a3"));
        TestPeer client = TestPeer.connect(server.address());
        TestPeer other = TestPeer.connect(server.address())) {
      assertEquals("0001a1", client.send("0003 0101aa 0003 0202cc").awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Kind.UNKNOWN_REQUEST, mismatch.kind());
      assertEquals(3, mismatch.place().entry());
      assertEquals(4, mismatch.place().line());
      assertEquals("0202bb", HexFormat.of().formatHex(mismatch.expected().payload()));
      assertEquals("0202cc", HexFormat.of().formatHex(mismatch.found()));
      assertEquals("0001a3", other.send("0004 0202bbcc").endSending().awaitEnd());
      assertTrue(server.awaitConnections(2, DEADLINE));
      assertCounts(1, 1, 0, 0, server.verdict());
      assertTrue(server.verdict().failed());
    }
  }

  @Test
  void aFrameThatIsCutOffIsABadFrame() throws Exception {
    try (ReplayServer server = ReplayServer.start(stub("c2s 01", "s2c a1"));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0001").endSending().awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Kind.BAD_FRAME, mismatch.kind());
      assertTrue(
          mismatch.explain(8, false).contains("; expected any recorded request"),
          mismatch.explain(8, false));
    }
  }

  @Test
  void requestsThatWereNeverMadeAreListed() throws Exception {
    ReplayConfig config =
        stub("c2s 01", "s2c a1", "c2s 02", "s2c a2", "c2s 01", "s2c b1", "c2s 03", "s2c a3");
    for (boolean strict : new boolean[] {false, true}) {
      Verdict verdict;
      try (ReplayServer server = ReplayServer.start(config.withStrictUse(strict));
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals(
            "0001a1" + "0001a3", client.send("0001 01 0001 03").endSending().awaitEnd());
        assertMatched(server, 1);
        verdict = server.verdict();
      }
      assertEquals(2, verdict.unusedRequests());
      assertEquals(
          List.of("login.rec:4", "login.rec:6"),
          verdict.unusedRequestPlaces().stream()
              .map(place -> Path.of(place).getFileName().toString())
              .toList());
      assertEquals(!strict, verdict.passed(), verdict.toString());
      assertEquals(strict, verdict.failed(), verdict.toString());
    }
  }

  @Test
  void allConversationsAreOnePool() throws Exception {
    List<Conversation> conversations = List.of(
        conversation("a", "s2c 00", "c2s 01", "s2c a1"),
        conversation("b", "s2c 11", "c2s 02", "s2c a2", "c2s 01", "s2c b1"));
    try (ReplayServer server = ReplayServer.start(stub(conversations));
        TestPeer client = TestPeer.connect(server.address());
        TestPeer other = TestPeer.connect(server.address())) {
      assertEquals("000100" + "0001a2", client.send("0001 02").await(6));
      assertEquals("0001a1" + "0001b1", client.send("0001 01 0001 01").await(6));
      assertEquals("000100" + "0001b1", other.send("0001 01").endSending().awaitEnd());
      assertEquals("", client.endSending().awaitEnd());
      assertMatched(server, 2);
      assertEquals(0, server.verdict().notPlayed());
      assertEquals(0, server.verdict().unusedRequests());
    }
  }

  @Test
  void allowedFramesAreDroppedUnlessThePoolHasThem() throws Exception {
    ReplayConfig config = stub("c2s 01", "c2s ff00", "s2c a1", "c2s ff01", "s2c b1", "c2s ff02")
        .withRules(Rules.of("allow c2s[0=ff]"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0002 ff77 0002 ff01 0002 ff00 0001 01 0002 ff99").endSending();
      assertEquals("0001b1" + "0001a1", client.awaitEnd());
      assertMatched(server, 1);
      assertEquals(0, server.verdict().unusedRequests());
    }
  }

  @Test
  void aServerThatStopsBetweenFramesHasMatched() throws Exception {
    ReplayServer server = ReplayServer.start(stub("c2s 01", "s2c a1"));
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0001a1", client.send("0001 01").await(3));
      server.close();
      assertEquals("", client.awaitEnd());
    }
    assertCounts(1, 0, 0, 0, server.verdict());
  }

  @ParameterizedTest
  @RandomSeeds(5)
  void manyClientsAskForAllOfALargePoolInAnyOrder(long seed) throws Exception {
    int count = 3000;
    int clients = 4;
    Path file = numbered(count, 50, 90);
    ReplayConfig config =
        Replays.config(file).withStub(true).withRules(Rules.of("copy c2s:4+4->s2c:4+4"));
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try (ReplayServer server = ReplayServer.start(config)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Random random = new Random(seed + i);
        all.add(threads.submit(() -> {
          askForAll(server, count, random);
          return null;
        }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertMatched(server, clients);
      assertEquals((long) clients * count, server.verdict().entriesMatched());
      assertEquals(0, server.verdict().unusedRequests());
    } finally {
      threads.shutdownNow();
    }
  }

  private static void askForAll(ReplayServer server, int count, Random random) throws IOException {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    try (TestPeer client = TestPeer.connect(server.address())) {
      for (int from = 0; from < count; ) {
        int to = Math.min(count, from + 1 + random.nextInt(50));
        ByteBuffer requests = ByteBuffer.allocate((to - from) * (2 + 50));
        ByteBuffer replies = ByteBuffer.allocate((to - from) * (2 + 90));
        for (int number : order.subList(from, to)) {
          int id = random.nextInt();
          put(requests, number, id, 50);
          put(replies, number, id, 90);
        }
        client.send(requests.array());
        assertArrayEquals(replies.array(), client.awaitBytes(replies.capacity()));
        from = to;
      }
      assertEquals("", client.endSending().awaitEnd());
    }
  }

  private static void put(ByteBuffer frames, int number, int id, int length) {
    frames.putShort((short) length).putInt(number).putInt(id);
    frames.put(filling(length - 8));
  }

  private static byte[] filling(int length) {
    byte[] filling = new byte[length];
    Arrays.fill(filling, (byte) 'x');
    return filling;
  }

  private Path numbered(int count, int requestLength, int replyLength) throws IOException {
    Path file = dir.resolve("numbered.rec");
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        String both = HexFormat.of().toHexDigits(i) + HexFormat.of().toHexDigits(i);
        lines.write("0\tc2s\t" + both + "78".repeat(requestLength - 8) + "\n");
        lines.write("0\ts2c\t" + both + "78".repeat(replyLength - 8) + "\n");
      }
    }
    return file;
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a write that is stuck stays so
  void aClientMayAskForMuchBeforeItReads() throws Exception {
    int count = 200_000;
    ReplayConfig config = Replays.config(numbered(10, 20, 50))
        .withStub(true)
        .withRules(Rules.of("copy c2s:4+4->s2c:4+4"));
    ByteBuffer requests = ByteBuffer.allocate(count * (2 + 20));
    ByteBuffer replies = ByteBuffer.allocate(count * (2 + 50));
    for (int i = 0; i < count; i++) {
      put(requests, i % 10, ~i, 20);
      put(replies, i % 10, ~i, 50);
    }
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(requests.array()).endSending();
      assertArrayEquals(replies.array(), client.awaitBytes(replies.capacity()));
      assertMatched(server, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void payloadsMayBeLarge(boolean copies) throws Exception {
    int length = 3_000_000;
    byte[] request = new byte[4 + length];
    Arrays.fill(request, (byte) 'a');
    ByteBuffer.wrap(request).putInt(length);
    String recorded = "61".repeat(length - 1);
    ReplayConfig config = stub(
            "c2s " + recorded + "60", "c2s " + recorded + "61", "s2c " + recorded + "61")
        .withFormat(new FrameFormat(4, length));
    if (copies) {
      config = config.withRules(Rules.of("copy c2s:0+1000->s2c:0+1000"));
      Arrays.fill(request, 4, 1004, (byte) 'b');
    }
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(request, client.send(request).awaitBytes(request.length));
      }
      assertEquals("", client.endSending().awaitEnd());
      assertMatched(server, 1);
      assertFalse(server.verdict().failed());
    }
  }

  @Test
  void aSlowReplyDoesNotHoldUpOneThatACopyTies() throws Exception {
    ReplayConfig config = stub(
            "0 c2s 000101",
            "3600000000 s2c 0001a1",
            "3600000001 c2s 000202",
            "3600000001 s2c 0002a2")
        .withTiming(Timing.ORIGINAL)
        .withRules(Rules.of("copy c2s:0+2->s2c:0+2"));
    ReplayServer server = ReplayServer.start(config);
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00037777a2", client.send("0003 666601 0003 777702").await(5));
    } finally {
      server.close();
    }
    assertEquals(0, server.verdict().matched()); // an answer was still owed
  }
}
