package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.RandomSeeds;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Targets that answer in another order than the recorded one. */
class VerifierOrderTest extends VerifierTestBase {
  private static final Rules IDS = Rules.of("copy c2s:0+1->s2c:0+1");

  private VerifyConfig config(Rules rules, String... lines) throws IOException {
    return config(lines).withRules(rules);
  }

  private static Mismatch mismatch(Verifier verifier) throws InterruptedException {
    return Replays.onlyMismatch(verdict(verifier));
  }

  @Test
  void repliesThatACopyTiesToTheirRequestsMayOvertakeOthers() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("00020161" + "00020262", peer.await(8));
      peer.send("0002 0264 0002 0163").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void inStrictOrderTheyMayNot() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config.withOrder(Order.STRICT));
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0264 0002 0163");
      Mismatch mismatch = mismatch(verifier);
      assertEquals(Kind.DIFFERENT_FRAME, mismatch.kind());
      assertEquals(List.of(Hint.ANY_ORDER), mismatch.hints());
    }
  }

  @Test
  void whereNothingTiesRepliesToRequestsACopyMayHelp() throws Exception {
    VerifyConfig config = config("c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0264");
      assertEquals(List.of(Hint.TIE_REPLIES), mismatch(verifier).hints());
    }
  }

  @Test
  void aReplyThatComesAgainIsSaidToHaveComeBefore() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0264 0002 0264");
      String text = mismatch(verifier).explain(16, false);
      assertTrue(text.contains(":5, 1 frame later: the target sent it again"), text);
    }
  }

  @Test
  void aReplyWithAnIdOfNoRequestIsComparedWithTheOneThatItIsMostLike() throws Exception {
    String[] lines = {"c2s 0161", "c2s 0262", "s2c 0163636363", "s2c 0264646464"};
    try (Verifier verifier = Verifier.start(config(IDS, lines));
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0005 0964646464");
      Mismatch mismatch = mismatch(verifier);
      assertEquals(4, mismatch.place().entry());
      assertNull(mismatch.nearby());
      assertEquals(List.of(), mismatch.hints());
      String text = mismatch.explain(16, false);
      assertTrue(text.contains(": the target sent another value than the one it was given"), text);
    }
  }

  @Test
  void aWrongIdIsNotSaidToBeAnotherReplySentAgain() throws Exception {
    String[] lines = {"c2s 0161", "s2c 0163636363", "c2s 0262", "s2c 0263636363"};
    try (Verifier verifier = Verifier.start(config(IDS, lines));
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0005 0163636363");
      peer.await(4);
      peer.send("0005 0963636363");
      assertNull(mismatch(verifier).nearby());
    }
  }

  @Test
  void aReplyThatComesTooEarlyIsNotSaidToBeAnotherOne() throws Exception {
    String[] lines = {"c2s 0161", "s2c 010000000163", "c2s 0261", "s2c 020000000163"};
    for (Rules rules : List.of(IDS, Rules.NONE)) {
      try (Verifier verifier = Verifier.start(config(rules, lines));
          TestPeer peer = target.accept()) {
        peer.await(4);
        peer.send(rules == IDS ? "0006 020000000163" : "0006 010000000163 0006 020000000163");
        Verdict verdict = verdict(verifier);
        Mismatch mismatch = Replays.onlyMismatch(verdict);
        assertEquals(Kind.TOO_EARLY, mismatch.kind());
        assertNull(mismatch.nearby());
        assertEquals(List.of(), verdict.notes());
      }
    }
  }

  @Test
  void anotherOrderDoesNotHelpWhereAReplyComesAgainOrBeforeItsRequest() throws Exception {
    String[] lines = {"c2s 0161", "s2c 0163", "s2c 0164", "c2s 0261", "s2c 0263"};
    for (String reply : List.of("0163 0002 0163", "0263")) {
      try (Verifier verifier = Verifier.start(config(IDS, lines).withOrder(Order.STRICT));
          TestPeer peer = target.accept()) {
        peer.await(4);
        peer.send("0002 " + reply);
        Mismatch mismatch = mismatch(verifier);
        assertNotNull(mismatch.nearby(), reply);
        assertFalse(mismatch.hints().contains(Hint.ANY_ORDER), reply);
      }
    }
  }

  @Test
  void aReplyThatWasRecordedAfterALaterRequestMayComeBeforeIt() throws Exception {
    VerifyConfig config =
        config(IDS, "c2s 0161", "c2s 0262", "s2c 0264", "c2s 0365", "s2c 0166", "s2c 0367");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0166 0002 0264");
      assertEquals("00020365", peer.await(4));
      peer.send("0002 0367").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aReplyThatComesBeforeItsRequestWasSentDiffers() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "s2c 0162", "c2s 0263", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 0264");
      Mismatch mismatch = mismatch(verifier);
      assertEquals(Kind.TOO_EARLY, mismatch.kind());
      assertEquals(4, mismatch.place().entry());
    }
  }

  @Test
  void aValueThatIsEqualByChanceDoesNotTieAReplyToAnEarlierRequest() throws Exception {
    Rules rules = IDS.plus(Rules.of("copy c2s:1+1->s2c:1+1"));
    VerifyConfig config = config(rules, "c2s 0177", "s2c 0100", "c2s 02aa", "s2c 0277");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 0277");
      assertEquals(Kind.TOO_EARLY, mismatch(verifier).kind());
    }
  }

  @Test
  void repliesThatNothingTiesKeepTheirOrder() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "s2c ff62", "s2c fe63", "s2c 0164");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 0164 0002 ff62 0002 fe63").endSending();
      assertMatched(verifier);
    }
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 fe63 0002 ff62 0002 0164");
      assertEquals(Kind.DIFFERENT_FRAME, mismatch(verifier).kind());
    }
  }

  @Test
  void aReplyComesOnce() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0264 0002 0264");
      Mismatch mismatch = mismatch(verifier);
      assertEquals(Kind.DIFFERENT_FRAME, mismatch.kind());
      assertEquals(3, mismatch.place().entry(), "the one that is outstanding");
    }
  }

  @Test
  void severalRepliesOfOneRequestComeInTheirOrderOrNot() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "s2c 0162", "s2c 0163", "s2c 0162");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 0162 0002 0162 0002 0163").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aReplyThatDiffersIsComparedWithTheOneItComesNearestTo() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 016364", "s2c 026566");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0003 026567");
      Mismatch mismatch = mismatch(verifier);
      assertEquals(4, mismatch.place().entry());
      assertEquals(2, mismatch.offset());
    }
  }

  @Test
  void whatTheTargetGaveIsRightInLaterRequestsWhateverTheOrder() throws Exception {
    Rules rules = Rules.of("copy c2s:0+1->s2c:0+1", "copy s2c:1+1->c2s:1+1");
    VerifyConfig config =
        config(rules, "c2s 0100", "c2s 0200", "s2c 01aa", "s2c 02aa", "c2s 03aa", "s2c 0300");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 02bb 0002 01cc");
      assertEquals("000203bb", peer.await(4), "the value of the later entry, though it came first");
      peer.send("0002 0300").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void idsOfOtherLengthsTieRepliesToTheirRequests() throws Exception {
    Rules rules = Rules.of("copy s2c:1+digits->c2s:0+digits", "copy c2s:0+digits->s2c:1+digits");
    VerifyConfig config =
        config(rules, "s2c 2337", "s2c 2338", "c2s 373b", "c2s 383b", "s2c 2337aa", "s2c 2338bb");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.send("0003 233130 0004 23313131");
      assertEquals("0003" + "31303b" + "0004" + "3131313b", peer.await(11));
      peer.send("0005 23313131bb 0004 233130aa").endSending();
      assertMatched(verifier);
    }
  }

  @Test
  void aTargetThatEndsWhileRepliesAreOutstandingDiffers() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "c2s 0262", "s2c 0163", "s2c 0264");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(8);
      peer.send("0002 0264").endSending();
      Mismatch mismatch = mismatch(verifier);
      assertEquals(Kind.EARLY_END, mismatch.kind());
      assertEquals(3, mismatch.place().entry());
    }
  }

  @Test
  void aFrameAfterAllHaveComeDiffers() throws Exception {
    VerifyConfig config = config(IDS, "c2s 0161", "s2c 0163");
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 0163 0002 0163");
      assertEquals(Kind.EXTRA_FRAME, mismatch(verifier).kind());
    }
  }

  @Test
  void manyRepliesInReverseOrderAreFoundWithoutLookingAtEach() throws Exception {
    int count = 20_000;
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(String.format("c2s %08x", i));
    }
    for (int i = 0; i < count; i++) {
      lines.add(String.format("s2c %08x", i));
    }
    ByteBuffer replies = ByteBuffer.allocate(6 * count);
    for (int i = count - 1; i >= 0; i--) {
      replies.putShort((short) 4).putInt(i);
    }
    Rules rules = Rules.of("copy c2s:0+4->s2c:0+4");
    try (Verifier verifier = Verifier.start(config(rules, lines.toArray(new String[0])));
        TestPeer peer = target.accept()) {
      peer.awaitBytes(6 * count);
      peer.send(replies.array()).endSending();
      assertMatched(verifier);
    }
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void anyOrderOfRepliesAfterTheirRequestsMatches(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    List<Integer> recorded = new ArrayList<>();
    int next = 0;
    while (next < 200 || !recorded.isEmpty()) {
      if (next < 200 && (recorded.isEmpty() || recorded.size() < 8 && random.nextBoolean())) {
        lines.add(String.format("c2s %02x", next));
        recorded.add(next++);
      } else {
        int id = recorded.remove(random.nextInt(recorded.size()));
        lines.add(String.format("s2c %02x%02x", id, ~id & 0xff));
      }
    }
    try (Verifier verifier = Verifier.start(config(IDS, lines.toArray(new String[0])));
        TestPeer peer = target.accept()) {
      List<Integer> asked = new ArrayList<>();
      for (int answered = 0; answered < 200; ) {
        boolean more = peer.socket().getInputStream().available() >= 3;
        if (asked.isEmpty() || more && random.nextBoolean()) {
          asked.add(peer.awaitBytes(3)[2] & 0xff);
        } else {
          int id = asked.remove(random.nextInt(asked.size()));
          peer.send(String.format("0002 %02x%02x", id, ~id & 0xff));
          answered++;
        }
      }
      peer.endSending();
      assertMatched(verifier);
    }
  }
}
