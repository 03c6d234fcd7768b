package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Payloads that are computed: here, the last byte of each is the sum of those before it. */
class FrameRewriterTest extends ReplayTestBase {
  private static final FrameRewriter SUM = frame -> withSum(frame.payload());
  /** The last byte of a reply answers the last byte of its request: it is one more. */
  private static final FrameRewriter ANSWER = frame -> {
    byte[] payload = frame.payload();
    byte[] latest = frame.latest();
    if (frame.direction() == Direction.S2C && latest != null) {
      payload[payload.length - 1] = (byte) (latest[latest.length - 1] + 1);
    }
    return payload;
  };

  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static byte[] withSum(byte[] payload) {
    byte sum = 0;
    for (int at = 0; at < payload.length - 1; at++) {
      sum += payload[at];
    }
    payload[payload.length - 1] = sum;
    return payload;
  }

  /** A frame that is correct. */
  private static String summed(String withoutSum) {
    return HexFormat.of().formatHex(withSum(HexFormat.of().parseHex(withoutSum + "00")));
  }

  private static String framed(String payload) {
    return String.format("%04x", payload.length() / 2) + payload;
  }

  private ReplayServer playing(FrameRewriter rewriter, Rules rules, String... lines)
      throws IOException {
    return ReplayServer.start(Replays.config(file, lines).withRules(rules).withRewriter(rewriter));
  }

  private static List<Conversation> conversations(String... all) {
    List<Conversation> conversations = new ArrayList<>();
    for (String one : all) {
      String text = one.replace(", ", "\n").replaceAll("(?m)^(...) ", "0\t$1\t") + "\n";
      conversations.add(
          Conversation.of(Recording.of("conversation " + (conversations.size() + 1), text)));
    }
    return conversations;
  }

  private static ReplayConfig config(FrameRewriter rewriter, String... all) {
    return ReplayConfig.of(ANY, conversations(all))
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE)
        .withRewriter(rewriter);
  }

  // What is sent and expected.

  @Test
  void aReplyIsComputedWithTheValueThatWasCopiedIntoIt() throws Exception {
    Rules id = Rules.of("copy c2s:0+1->s2c:0+1");
    try (ReplayServer server = playing(SUM, id, "c2s 016162c4", "s2c 01717200");
        TestPeer client = TestPeer.connect(server.address())) {
      String reply = client.send(framed(summed("096162"))).await(6);
      assertEquals(framed(summed("097172")), reply);
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aRequestIsExpectedWithASumOverTheBytesThatTheClientChose() throws Exception {
    Rules id = Rules.of("ignore c2s:0+1");
    String[] lines = {"c2s 016162c4", "s2c 71"};
    try (ReplayServer server = playing(SUM, id, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(framed(summed("096162"))).endSending();
      assertMatched(server, 1);
    }
    try (ReplayServer server = playing(SUM, id, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0004 096162c4"); // the sum of the recorded one
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(3, mismatch.offset());
      assertEquals(
          summed("096162"), HexFormat.of().formatHex(mismatch.expected().payload()));
    }
  }

  @Test
  void openBytesMayHaveAnotherLengthThanTheRecordedOnes() throws Exception {
    Rules number = Rules.of("ignore c2s:1+digits", "ignore c2s:-2+1");
    String[] lines = {"c2s " + summed("4139" + "4200"), "s2c 71"};
    try (ReplayServer server = playing(SUM, number, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(framed(summed("41313030" + "42ff"))).endSending();
      assertMatched(server, 1);
    }
    try (ReplayServer server = playing(SUM, number, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(framed(summed("41313030" + "43ff")));
      assertEquals(4, onlyMismatch(server).offset() - 0);
    }
  }

  @Test
  void aReplyIsComputedFromTheLatestRequest() throws Exception {
    Rules open = Rules.of("ignore c2s:1+1");
    try (ReplayServer server =
            playing(ANSWER, open, "c2s 0100", "c2s 0200", "s2c 7101", "c2s 0300", "s2c 7201");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(
          "0002 7109".replace(" ", ""), client.send("0002 0105 0002 0208").await(4));
      assertEquals("0002 7241".replace(" ", ""), client.send("0002 0340").await(4));
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aComputedValueThatIsSentBackIsCopied() throws Exception {
    Rules token = Rules.of("copy s2c:0+1->c2s:0+1");
    FrameRewriter fresh = frame -> frame.direction() == Direction.S2C
        ? new byte[] {0x55, frame.payload()[1]}
        : frame.payload();
    try (ReplayServer server = playing(fresh, token, "s2c 1171", "c2s 1172");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("00025571", client.await(4));
      client.send("0002 5572").endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aPayloadMayGetAnotherLength() throws Exception {
    FrameRewriter longer = frame -> {
      byte[] payload = frame.payload();
      return frame.direction() == Direction.S2C
          ? Arrays.copyOf(payload, payload.length + 2)
          : Arrays.copyOf(payload, payload.length - 1);
    };
    try (ReplayServer server =
            playing(longer, Rules.of("ignore c2s:-1+1"), "c2s 010203", "s2c 71");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003710000", client.send("0002 01ff").await(5));
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void itIsGivenWhatTheFrameIs() throws Exception {
    List<String> frames = new CopyOnWriteArrayList<>();
    FrameRewriter watching = frame -> {
      byte[] latest = frame.latest();
      frames.add(frame.connection() + " " + Path.of(frame.recording()).getFileName() + " "
          + frame.entry() + " " + frame.direction() + " "
          + HexFormat.of().formatHex(frame.payload()) + " "
          + (latest == null ? "-" : HexFormat.of().formatHex(latest)));
      return frame.payload();
    };
    try (ReplayServer server = playing(watching, Rules.NONE, "s2c 70", "c2s 01", "s2c 71");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 01").endSending().awaitEnd();
      assertMatched(server, 1);
    }
    assertEquals(
        List.of("1 login.rec 1 s2c 70 -", "1 login.rec 2 c2s 01 70", "1 login.rec 3 s2c 71 01"),
        frames);
  }

  @Test
  void manyComputedFramesGoOutToAClientThatReadsLate() throws Exception {
    int count = 800;
    String[] lines = new String[count + 2];
    Arrays.fill(lines, "s2c " + "00".repeat(65_000));
    lines[0] = "c2s 01";
    lines[count + 1] = "c2s 02";
    FrameRewriter numbered = frame -> {
      byte[] payload = frame.payload();
      payload[0] = (byte) frame.entry();
      return payload;
    };
    FrameRewriter ofReplies =
        frame -> frame.direction() == Direction.S2C ? numbered.rewrite(frame) : frame.payload();
    try (ReplayServer server = playing(ofReplies, Rules.NONE, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 01");
      for (int i = 0; i < count; i++) {
        String frame = client.await(2 + 65_000);
        assertEquals(String.format("fde8%02x00", i + 2 & 0xff), frame.substring(0, 8));
      }
      client.send("0001 02").endSending();
      assertMatched(server, 1);
    }
  }

  // A stub, and the choice between conversations.

  @Test
  void aStubFindsRequestsThatAreComputed() throws Exception {
    Rules id = Rules.of("copy c2s:0+1->s2c:0+1");
    ReplayConfig config = config(
            SUM, "c2s 0161ff, s2c 017100, c2s 0162ff, s2c 017200", "c2s 0161ff, s2c 017300")
        .withRules(id)
        .withStub(true);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(framed(summed("0972")), client.send(framed(summed("0962"))).await(5));
      assertEquals(framed(summed("0871")), client.send(framed(summed("0861"))).await(5));
      assertEquals(framed(summed("0773")), client.send(framed(summed("0761"))).await(5));
      assertEquals(framed(summed("0673")), client.send(framed(summed("0661"))).await(5));
      client.endSending();
      assertMatched(server, 1);
      assertEquals(0, server.verdict().unusedRequests());
    }
  }

  @Test
  void aStubRefusesARequestWhoseSumIsWrong() throws Exception {
    ReplayConfig config =
        config(SUM, "c2s 0161ff, s2c 71").withRules(Rules.of("ignore c2s:0+1")).withStub(true);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0003 0961ff");
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Kind.UNKNOWN_REQUEST, mismatch.kind());
      assertEquals(summed("0961"), HexFormat.of().formatHex(mismatch.expected().payload()));
    }
  }

  @Test
  void conversationsThatDifferOnlyInComputedBytesPartWhereTheyDiffer() throws Exception {
    String logon = "c2s 01" + "6c" + "ff, s2c 71, ";
    String other = "c2s 02" + "6c" + "ee, s2c 71, ";
    ReplayConfig config = config(SUM, logon + "c2s 0361ff, s2c 81", other + "c2s 0362ff, s2c 82")
        .withRules(Rules.of("ignore c2s:0+1", "ignore s2c:0+1"))
        .withSelection(Selection.MATCH);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer one = TestPeer.connect(server.address());
        TestPeer two = TestPeer.connect(server.address())) {
      one.send(framed(summed("096c"))).await(3);
      two.send(framed(summed("096c"))).await(3);
      one.send(framed(summed("0962"))).endSending();
      two.send(framed(summed("0961"))).endSending();
      assertMatched(server, 2);
      assertEquals(0, server.verdict().notPlayed());
    }
  }

  @Test
  void aConversationIsFoundByItsComputedFirstFrame() throws Exception {
    ReplayConfig config = config(SUM, "c2s 0161ff, s2c 7100", "c2s 0162ff, s2c 7200")
        .withRules(Rules.of("copy c2s:0+1->s2c:0+1"))
        .withSelection(Selection.MATCH);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(framed(summed("09")).length(), 8);
      client.send(framed(summed("0962"))).endSending();
      assertTrue(server.awaitConnections(1, Replays.DEADLINE));
      assertEquals(1, server.verdict().matched(), server.verdict()::toString);
      assertEquals(1, server.verdict().notPlayed());
    }
  }

  // Verify.

  private Verifier verifying(
      TestTarget target, FrameRewriter rewriter, Rules rules, String... lines) throws IOException {
    return Verifier.start(Replays.verification(target.address(), file, lines)
        .withRules(rules)
        .withRewriter(rewriter));
  }

  @Test
  void verifySendsAndExpectsWhatIsComputed() throws Exception {
    Rules token = Rules.of("copy s2c:0+1->c2s:0+1");
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, SUM, token, "c2s 61ff", "s2c 1172ff", "c2s 1163ff");
        TestPeer peer = target.accept()) {
      assertEquals(framed(summed("61")), peer.await(4));
      peer.send(framed(summed("9972")));
      assertEquals(framed(summed("9963")), peer.await(5));
      peer.endSending();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertCounts(1, 0, 0, 0, verifier.verdict());
    }
  }

  @Test
  void repliesInAnyOrderAreComputedFromTheirOwnRequests() throws Exception {
    Rules ids = Rules.of("copy c2s:0+1->s2c:0+1");
    FrameRewriter fresh = frame -> {
      byte[] payload = ANSWER.rewrite(frame);
      if (frame.direction() == Direction.C2S) {
        payload[1] = (byte) (10 * payload[0]);
      }
      return payload;
    };
    String[] lines = {"c2s 0100", "c2s 0200", "c2s 0300", "s2c 0101", "s2c 0201", "s2c 0301"};
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, fresh, ids, lines);
        TestPeer peer = target.accept()) {
      assertEquals("0002010a" + "00020214" + "0002031e", peer.await(12));
      peer.send("0002 031f 0002 010b 0002 0215").endSending();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertCounts(1, 0, 0, 0, verifier.verdict());
    }
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, fresh, ids, lines);
        TestPeer peer = target.accept()) {
      peer.await(12);
      peer.send("0002 031f 0002 0115");
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      Mismatch mismatch = onlyMismatch(verifier.verdict());
      assertEquals("010b", HexFormat.of().formatHex(mismatch.expected().payload()));
    }
  }

  // Mistakes.

  private String damage(FrameRewriter rewriter, String... lines) throws Exception {
    List<SessionResult> results = new CopyOnWriteArrayList<>();
    SessionListener listener = new SessionListener() {
      @Override
      public void ended(SessionResult result) {
        results.add(result);
      }
    };
    ReplayConfig config = Replays.config(file, lines)
        .withRules(Rules.of("copy s2c:1+1->c2s:1+1"))
        .withRewriter(rewriter)
        .withListener(listener);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 01").awaitEnd();
      assertTrue(server.awaitConnections(1, Replays.DEADLINE));
      assertCounts(0, 0, 0, 1, server.verdict());
    }
    String damage = results.get(0).damage();
    assertNotNull(damage);
    assertTrue(damage.startsWith(file + ":3: the frame rewriter "), damage);
    return damage.substring(damage.indexOf("rewriter ") + 9);
  }

  private static FrameRewriter ofReplies(FrameRewriter rewriter) {
    return frame -> frame.direction() == Direction.S2C ? rewriter.rewrite(frame) : frame.payload();
  }

  @Test
  void whateverItThrowsBreaksTheSessionWithOneLine() throws Exception {
    FrameRewriter noKey = ofReplies(frame -> {
      throw new IOException("no key\nat all");
    });
    assertEquals("failed: java.io.IOException: no key at all", damage(noKey, "c2s 01", "s2c 7172"));
    FrameRewriter wrong = ofReplies(frame -> {
      throw new AssertionError("wrong");
    });
    assertEquals("failed: java.lang.AssertionError: wrong", damage(wrong, "c2s 01", "s2c 7172"));
  }

  @Test
  void nothingInsteadOfAPayloadBreaksTheSession() throws Exception {
    assertEquals(
        "returned null; return the payload as it is if there is nothing to change",
        damage(ofReplies(frame -> null), "c2s 01", "s2c 7172"));
  }

  @Test
  void aPayloadThatIsTooLongBreaksTheSession() throws Exception {
    assertEquals(
        "returned 65536 bytes; at most 65535 are allowed in a payload",
        damage(ofReplies(frame -> new byte[65_536]), "c2s 01", "s2c 7172"));
  }

  @Test
  void aPayloadWithoutTheFieldThatIsCopiedFromItBreaksTheSession() throws Exception {
    assertEquals(
        "returned a payload without the first field of copy s2c:1+1->c2s:1+1; keep it",
        damage(ofReplies(frame -> new byte[1]), "c2s 01", "s2c 7172", "c2s 0272"));
  }

  @Test
  void arraysThatItIsGivenAreItsOwn() throws Exception {
    FrameRewriter spoiling = frame -> {
      Arrays.fill(frame.payload(), (byte) 0);
      if (frame.latest() != null) {
        Arrays.fill(frame.latest(), (byte) 0);
        assertArrayEquals(
            new byte[] {1}, frame.direction() == Direction.S2C ? frame.latest() : new byte[] {1});
      }
      return frame.payload();
    };
    try (ReplayServer server = playing(spoiling, Rules.NONE, "c2s 01", "s2c 71");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000171", client.send("0001 01").await(3));
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void eachConnectionHasItsNumber() throws Exception {
    Map<Long, Integer> calls = new ConcurrentHashMap<>();
    AtomicInteger failures = new AtomicInteger();
    FrameRewriter counting = frame -> {
      calls.merge(frame.connection(), 1, Integer::sum);
      failures.addAndGet(frame.entry() > 2 ? 1 : 0);
      return frame.payload();
    };
    try (ReplayServer server = playing(counting, Rules.NONE, "c2s 01", "s2c 71")) {
      for (int i = 0; i < 3; i++) {
        try (TestPeer client = TestPeer.connect(server.address())) {
          client.send("0001 01").endSending().awaitEnd();
        }
      }
      assertMatched(server, 3);
    }
    assertEquals(List.of(1L, 2L, 3L), calls.keySet().stream().sorted().toList());
    assertEquals(0, failures.get());
  }
}
