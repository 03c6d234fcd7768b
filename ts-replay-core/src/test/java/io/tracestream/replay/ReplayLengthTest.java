package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Lengths inside payloads that follow copied values. Each payload is a length and what it counts.
 */
class ReplayLengthTest extends ReplayTestBase {
  private static final Rules NAMES =
      Rules.of("copy c2s:2+len8->s2c:2+len8", "length c2s:0+u16", "length s2c:0+u16");
  private static final Rules TOKENS =
      Rules.of("copy s2c:2+len8->c2s:2+len8", "length c2s:0+u16", "length s2c:0+u16");

  private static final String REQUEST = "0003" + "0161" + "ff";
  private static final String REPLY = "0003" + "0161" + "ee";
  private static final String LIVE_REQUEST = "0005" + "03626262" + "ff";
  private static final String LIVE_REPLY = "0005" + "03626262" + "ee";

  private ReplayConfig config(Rules rules, String... lines) throws IOException {
    return Replays.config(file, lines).withRules(rules);
  }

  @Test
  void theLengthOfAReplyFollowsTheValueInIt() throws Exception {
    ReplayConfig config = config(NAMES, "c2s " + REQUEST, "s2c " + REPLY);
    for (boolean stub : new boolean[] {false, true}) {
      try (ReplayServer server = ReplayServer.start(config.withStub(stub));
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("0007" + LIVE_REPLY, client.send("0007" + LIVE_REQUEST).await(9));
        client.endSending();
        assertMatched(server, 1);
        assertEquals(List.of(), server.verdict().unusedRules());
      }
    }
  }

  @Test
  void aLengthThatAValueIsCopiedOverIsSentAsThatValue() throws Exception {
    Rules rules =
        Rules.of("copy c2s:0+2->s2c:0+2", "copy c2s:2+len8->s2c:3+len8", "length s2c:0+digits");
    ReplayConfig config = config(rules, "c2s 31320161", "s2c 31323b0161");
    for (boolean stub : new boolean[] {false, true}) {
      try (ReplayServer server = ReplayServer.start(config.withStub(stub));
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("0006" + "313b3b026262", client.send("0005 313b026262").await(8));
        client.endSending();
        assertMatched(server, 1);
      }
    }
  }

  @Test
  void aRequestWithTheRecordedLengthDiffersInIt() throws Exception {
    ReplayConfig config = config(NAMES, "c2s " + REQUEST, "s2c " + REPLY);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0007" + LIVE_REQUEST.replaceFirst("0005", "0003"));
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(1, mismatch.offset());
      assertTrue(mismatch.explain(16, false).contains("payload byte 1"), mismatch::toString);
    }
  }

  @Test
  void aStubTakesATokenOfAnotherConversationWithItsLength() throws Exception {
    List<Conversation> conversations = List.of(
        conversation("one", "s2c 0002 0161", "c2s 0003 0161 01", "s2c 0002 0163"),
        conversation(
            "two", "c2s 00", "s2c 0004 03626262", "c2s 0005 03626262 02", "s2c 0002 0164"));
    ReplayConfig config = ReplayConfig.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), conversations)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE)
        .withRules(TOKENS)
        .withStub(true);
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.await(6);
      client.send("0001 00").await(8);
      assertEquals(
          "0004" + "00020163", client.send("0007" + "0005" + "03626262" + "01").await(6));
      client.endSending();
      assertMatched(server, 1);
    }
  }

  private static Conversation conversation(String name, String... lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      String payload = line.substring(4).replace(" ", "");
      text.append("0\t").append(line, 0, 3).append('\t').append(payload).append('\n');
    }
    return Conversation.of(Recording.of(name, text.toString()));
  }

  @Test
  void verifySendsTokensAndExpectsNamesWithTheirLengths() throws Exception {
    VerifyConfig tokens;
    try (TestTarget target = TestTarget.start()) {
      tokens = Replays.verification(target.address(), file, "s2c " + REPLY, "c2s " + REQUEST)
          .withRules(TOKENS);
      try (Verifier verifier = Verifier.start(tokens);
          TestPeer peer = target.accept()) {
        assertEquals("0007" + LIVE_REQUEST, peer.send("0007" + LIVE_REPLY).await(9));
        peer.endSending();
        assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
        assertCounts(1, 0, 0, 0, verifier.verdict());
      }
    }
  }

  @Test
  void repliesInAnyOrderAreExpectedWithTheirLengths() throws Exception {
    Rules rules = Rules.of(
        "copy c2s:2+1->s2c:2+1", "ignore s2c:3+len8", "length s2c:0+u16", "ignore c2s:3+rest");
    try (TestTarget target = TestTarget.start();
        Verifier verifier = Verifier.start(Replays.verification(
                target.address(),
                file,
                "c2s 000001",
                "c2s 000002",
                "s2c 0003010163",
                "s2c 0003020164")
            .withRules(rules));
        TestPeer peer = target.accept()) {
      peer.await(10);
      peer.send("0007 0005 02 03777777 0006 0004 01 026666").endSending();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertCounts(1, 0, 0, 0, verifier.verdict());
    }
  }
}
