package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many conversations in one replay: each is "c2s 61, s2c 62" and so on, in frames of 2 + n bytes.
 */
@Timeout(60)
class ReplaySelectionTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static List<Conversation> conversations(String... all) {
    List<Conversation> conversations = new ArrayList<>();
    for (String one : all) {
      String text = one.replace(", ", "\n").replaceAll("(?m)^(...) ", "0\t$1\t") + "\n";
      conversations.add(
          Conversation.of(Recording.of("conversation " + (conversations.size() + 1), text)));
    }
    return conversations;
  }

  private static ReplayConfig config(Selection selection, String... all) {
    return ReplayConfig.of(ANY, conversations(all))
        .withFormat(new FrameFormat(2, 65_535))
        .withTiming(Timing.NONE)
        .withSelection(selection);
  }

  private static void says(ReplayServer server, String sent, String expected) throws IOException {
    try (TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(expected, client.send(sent).endSending().awaitEnd());
    }
  }

  private static void assertVerdict(
      ReplayServer server, long matched, long differed, long notPlayed) throws Exception {
    assertTrue(server.awaitConnections(matched + differed, DEADLINE));
    Verdict verdict = server.verdict();
    assertEquals(
        List.of(matched, differed, notPlayed),
        List.of(verdict.matched(), verdict.differed(), verdict.notPlayed()),
        verdict::toString);
  }

  @Test
  void eachConnectionIsPlayedTheNextConversation() throws Exception {
    try (ReplayServer server = ReplayServer.start(
        config(Selection.ORDER, "c2s 61, s2c 62", "c2s 63, s2c 64", "c2s 65, s2c 66"))) {
      says(server, "0001 61", "000162");
      says(server, "0001 63", "000164");
      assertVerdict(server, 2, 0, 1);
    }
  }

  @Test
  void aConnectionTooManyIsAMismatchThatSaysSo() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(config(Selection.ORDER, "c2s 61, s2c 62", "c2s 63, s2c 64"))) {
      says(server, "0001 61", "000162");
      says(server, "0001 63", "000164");
      says(server, "0001 61", "");
      assertVerdict(server, 2, 1, 0);
      Mismatch mismatch = server.verdict().mismatches().get(0);
      assertEquals(Kind.EXTRA_CONNECTION, mismatch.kind());
      assertTrue(
          mismatch.explain(16, false).contains("this connection is one too many: all 2 "),
          mismatch.explain(16, false));
    }
  }

  @Test
  void aFrameThatAnotherConversationBeginsWithIsSaidToBeThat() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(config(Selection.ORDER, "c2s 61, s2c 62", "s2c 60, c2s 63"))) {
      says(server, "0001 63", "");
      Mismatch mismatch = Replays.onlyMismatch(server);
      assertEquals(List.of(Hint.SELECT_MATCH), mismatch.hints());
      String text = mismatch.explain(16, false);
      assertTrue(text.contains("begins with this frame: conversation 2\n"), text);
    }
  }

  @Test
  void repeatedTheyStartOver() throws Exception {
    try (ReplayServer server = ReplayServer.start(
        config(Selection.ORDER, "c2s 61, s2c 62", "c2s 63, s2c 64").withRepeat(true))) {
      says(server, "0001 61", "000162");
      says(server, "0001 63", "000164");
      says(server, "0001 61", "000162");
      assertVerdict(server, 3, 0, 0);
    }
  }

  @Test
  void theFirstFrameChooses() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(config(Selection.MATCH, "c2s 61, s2c 62", "c2s 63, s2c 64"))) {
      says(server, "0001 63", "000164");
      says(server, "0001 61", "000162");
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void aLaterFrameChoosesWhereTheBeginningsAreTheSame() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(
        Selection.MATCH,
        "s2c 99, c2s 61, s2c 62, c2s 63, s2c 64",
        "s2c 99, c2s 61, s2c 62, c2s 65, s2c 66"))) {
      says(server, "0001 61 0001 65", "000199" + "000162" + "000166");
      says(server, "0001 61 0001 63", "000199" + "000162" + "000164");
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void ofThoseThatGoOnAlikeTheOldestIsPlayed() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(config(Selection.MATCH, "c2s 61, s2c 01", "c2s 61, s2c 02"))) {
      says(server, "0001 61", "000101");
      says(server, "0001 61", "000102");
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void connectionsSideBySideMakeRoomForEachOther() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(
            Selection.MATCH, "c2s 61, s2c 62, c2s 63, s2c 64", "c2s 61, s2c 62, c2s 65, s2c 66"));
        TestPeer first = TestPeer.connect(server.address())) {
      assertEquals("000162", first.send("0001 61").await(3));
      try (TestPeer second = TestPeer.connect(server.address())) {
        assertEquals("000162", second.send("0001 61").await(3));
        assertEquals("000164", second.send("0001 63").endSending().awaitEnd());
        assertEquals("000166", first.send("0001 65").endSending().awaitEnd());
      }
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void aClientThatEndsPlaysTheOneThatEndsThere() throws Exception {
    try (ReplayServer server = ReplayServer.start(
        config(Selection.MATCH, "c2s 61, s2c 62, c2s 63, s2c 64", "c2s 61, s2c 62"))) {
      says(server, "0001 61", "000162");
      says(server, "0001 61 0001 63", "000162" + "000164");
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void whatNoConversationExpectsIsAMismatchWithTheNearest() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(
        Selection.MATCH, "c2s 61626364, s2c 01", "c2s 71727374, s2c 02", "c2s 61, s2c 03"))) {
      says(server, "0004 71727399", "");
      assertVerdict(server, 0, 1, 3);
      Mismatch mismatch = server.verdict().mismatches().get(0);
      assertEquals("conversation 2", mismatch.place().recording());
      assertEquals(3, mismatch.offset());
    }
  }

  @Test
  void oneThatAllAgreeingConversationsArePlayedToOthersIsAMismatch() throws Exception {
    try (ReplayServer server =
        ReplayServer.start(config(Selection.MATCH, "c2s 61, s2c 62", "c2s 63, s2c 64"))) {
      says(server, "0001 61", "000162");
      says(server, "0001 61", "");
      assertVerdict(server, 1, 1, 1);
    }
  }

  @Test
  void aConnectionThatNeedsWhatAnotherOnePlaysIsTooMany() throws Exception {
    try (ReplayServer server = ReplayServer.start(
            config(Selection.MATCH, "c2s 61, s2c 62, c2s 63, s2c 64", "c2s 65, s2c 66"));
        TestPeer first = TestPeer.connect(server.address())) {
      assertEquals("000162", first.send("0001 61").await(3));
      says(server, "0001 61", "");
      assertEquals("000164", first.send("0001 63").endSending().awaitEnd());
      assertVerdict(server, 1, 1, 1);
      assertEquals(Kind.EXTRA_CONNECTION, server.verdict().mismatches().get(0).kind());
    }
  }

  @Test
  void aConnectionForWhichNoneWasLeftGetsTheOneItPlaysWhenAnotherLeavesIt() throws Exception {
    try (ReplayServer server =
            ReplayServer.start(config(Selection.MATCH, "s2c 01, c2s 61", "s2c 02, c2s 62"));
        TestPeer first = TestPeer.connect(server.address())) {
      assertEquals("000101", first.await(3));
      try (TestPeer second = TestPeer.connect(server.address())) {
        assertEquals("000102", second.await(3));
        try (TestPeer third = TestPeer.connect(server.address())) {
          assertEquals("000101", third.await(3));
          first.endSending().awaitEnd(); // before its first frame: it has played nothing
          assertTrue(server.awaitConnections(1, DEADLINE));
          third.send("0001 61").endSending().awaitEnd();
          assertVerdict(server, 1, 1, 1);
          assertEquals(
              "conversation 1", server.verdict().mismatches().get(0).place().recording());
        }
      }
    }
  }

  @Test
  void oneThatWaitsForNothingIsPlayedOnceAsWell() throws Exception {
    try (ReplayServer server = ReplayServer.start(config(Selection.MATCH, "s2c 01", "s2c 02"));
        TestPeer first = TestPeer.connect(server.address())) {
      assertEquals("000101", first.await(3));
      try (TestPeer second = TestPeer.connect(server.address())) {
        assertEquals("000102", second.await(3));
        says(server, "", "000101"); // others have both
        first.endSending();
        second.endSending();
        assertVerdict(server, 2, 1, 0);
        assertEquals(Kind.EXTRA_CONNECTION, server.verdict().mismatches().get(0).kind());
      }
    }
  }

  @Test
  void whatWasPlayedMayBePlayedAgainOnWish() throws Exception {
    try (ReplayServer server = ReplayServer.start(
        config(Selection.MATCH, "c2s 61, s2c 62", "c2s 63, s2c 64").withRepeat(true))) {
      for (int round = 0; round < 3; round++) {
        says(server, "0001 63", "000164");
        says(server, "0001 61", "000162");
        assertTrue(server.awaitConnections(2 * round + 2, DEADLINE));
      }
      assertVerdict(server, 6, 0, 0);
    }
  }

  @Test
  void liveValuesAreCopiedFromFramesThatCameBeforeTheChoice() throws Exception {
    Rules rules = Rules.of("copy c2s:0+1->s2c:0+1");
    try (ReplayServer server = ReplayServer.start(config(
            Selection.MATCH,
            "c2s 0161, c2s 0271, s2c 0201, s2c 0101",
            "c2s 0361, c2s 0472, s2c 0402, s2c 0302")
        .withRules(rules))) {
      says(server, "0002 aa61 0002 bb72", "0002bb02" + "0002aa02");
      says(server, "0002 cc61 0002 dd71", "0002dd01" + "0002cc01");
      assertVerdict(server, 2, 0, 0);
    }
  }

  @Test
  void conversationsArePartedByFramesWhoseKindIsInBytesThatMayVary() throws Exception {
    Rules rules = Rules.of("ignore c2s:0+1", "ignore c2s[0=02]:2+1");
    try (ReplayServer server = ReplayServer.start(
        config(Selection.MATCH, "c2s 0199aa, s2c a1", "c2s 0299bb, s2c a2", "c2s 0399cc, s2c a3")
            .withRules(rules))) {
      says(server, "0003 0799cc", "0001a3");
      says(server, "0003 0299dd", "0001a2");
      says(server, "0003 0499aa", "0001a1");
      assertVerdict(server, 3, 0, 0);
    }
  }

  @Test
  void conversationsArePartedAfterAFieldOfAnotherLength() throws Exception {
    Rules rules = Rules.of("ignore c2s:0+digits", "copy c2s:2+1->s2c:0+1");
    try (ReplayServer server = ReplayServer.start(config(
            Selection.MATCH,
            "c2s 393baa01, c2s 00, s2c aa01",
            "c2s 393bbb02, c2s 00, s2c bb02",
            "c2s 393bbb02, c2s 01, s2c bb03")
        .withRules(rules))) {
      says(server, "0005 31303bff02 0001 01", "0002ff03");
      says(server, "0005 31303bee02 0001 00", "0002ee02");
      says(server, "0005 31303bdd01 0001 00", "0002dd01");
      assertVerdict(server, 3, 0, 0);
    }
  }

  @Test
  void valuesOfOtherLengthsAreKeptUntilTheConversationIsKnown() throws Exception {
    Rules rules = Rules.of("copy c2s:0+digits->s2c:0+digits");
    try (ReplayServer server = ReplayServer.start(
        config(Selection.MATCH, "c2s 393b, c2s 00, s2c 393baa", "c2s 383b, c2s 01, s2c 383bbb")
            .withRules(rules))) {
      says(server, "0004 3130303b 0001 01", "0005" + "3130303bbb");
      says(server, "0003 31303b 0001 00", "0004" + "31303baa");
      assertVerdict(server, 2, 0, 0);
    }
  }
}
