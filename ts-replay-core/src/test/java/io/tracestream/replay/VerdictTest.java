package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What lets a run pass, what makes it fail, and how much it has compared. */
class VerdictTest extends ReplayTestBase {
  /** One more than a session remembers. */
  private static final int TOO_MANY = 65_537;

  private ReplayServer start(Rules rules, String... lines) throws IOException {
    return ReplayServer.start(Replays.config(file, lines).withRules(rules));
  }

  /** Plays one client that sends these frames and takes all that comes. */
  private Verdict play(Rules rules, String frames, String... lines) throws Exception {
    try (ReplayServer server = start(rules, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(frames).endSending().awaitEnd();
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session goes on");
      return server.verdict();
    }
  }

  @Test
  void aRunWithoutASessionHasNeitherPassedNorFailed() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61")) {
      assertFalse(server.verdict().passed());
      assertFalse(server.verdict().failed());
      assertEquals(List.of(), server.verdict().unusedRules());
    }
  }

  @Test
  void aRunThatMatchedPasses() throws Exception {
    Verdict verdict = play(Rules.NONE, "0001 61", "c2s 61", "s2c 62");
    assertTrue(verdict.passed());
    assertFalse(verdict.failed());
    assertEquals(List.of(), verdict.notes());
  }

  @Test
  void aConversationThatNobodyPlayedKeepsTheRunFromPassing() throws Exception {
    Path other = dir.resolve("other.rec");
    List<Conversation> both = List.of(
        Conversation.of(Replays.write(file, "c2s 61", "s2c 62")),
        Conversation.of(Replays.write(other, "c2s 63", "s2c 64")));
    ReplayConfig config = ReplayConfig.of(Replays.config(file).listen(), both)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE);
    try (ReplayServer server = ReplayServer.start(config)) {
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 61").endSending().awaitEnd();
      }
      assertMatched(server, 1);
      assertFalse(server.verdict().passed());
      assertFalse(server.verdict().failed());
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("0001 63").endSending().awaitEnd();
      }
      assertMatched(server, 2);
      assertTrue(server.verdict().passed());
    }
  }

  @Test
  void bytesThatWereComparedAndThoseThatRulesLeftOpenAreCounted() throws Exception {
    Rules rules = Rules.of("ignore c2s:1+2", "ignore c2s:2+2", "ignore c2s:-1+1");
    Verdict verdict = play(rules, "0006 61ffffff65ff 0001 ff", "c2s 616263646566", "c2s 67");
    assertTrue(verdict.passed());
    assertEquals(2, verdict.compared());
    assertEquals(5, verdict.open());
    assertTrue(
        verdict.toString().contains("2 bytes compared, 5 left open by rules;"), verdict.toString());
  }

  @Test
  void rulesThatLeaveEveryByteOpenMakeTheRunFail() throws Exception {
    Verdict verdict = play(Rules.of("ignore c2s:0+1"), "0001 ff", "c2s 61", "s2c 62");
    assertCounts(1, 0, 0, 0, verdict);
    assertFalse(verdict.passed());
    assertTrue(verdict.failed());
    assertEquals(List.of("the rules leave every byte of every frame open"), verdict.notes());
  }

  @Test
  void emptyPayloadsAreComparedAsWell() throws Exception {
    assertTrue(play(Rules.of("ignore c2s:0+1"), "0000", "c2s ", "s2c 62").passed());
  }

  @Test
  void aRecordingWithoutRequestsComparesNothing() throws Exception {
    Verdict verdict = play(Rules.NONE, "", "s2c 62");
    assertFalse(verdict.passed());
    assertFalse(verdict.failed());
    assertEquals(List.of(file + ": has no c2s entry, so nothing was compared"), verdict.notes());
  }

  @Test
  void aRequestWithoutAReplyAtTheEndIsNoted() throws Exception {
    Verdict verdict = play(Rules.NONE, "0001 61 0001 63", "c2s 61", "s2c 62", "c2s 63");
    assertTrue(verdict.passed());
    assertEquals(List.of(file + ": ends with a request that has no reply"), verdict.notes());
  }

  @Test
  void eachRuleThatNeverAppliedIsNamed() throws Exception {
    Rules rules = Rules.of(
        "ignore c2s:0+1",
        "ignore c2s:3+1",
        "ignore s2c:0+1",
        "copy c2s:1+1->s2c:1+1",
        "copy c2s:1+1->s2c:0+1");
    Verdict verdict = play(rules, "0003 ff0261", "c2s 000161", "s2c 6201");
    assertTrue(verdict.passed());
    assertEquals(
        List.of("ignore c2s:3+1", "ignore s2c:0+1", "copy c2s:1+1->s2c:0+1"),
        verdict.unusedRules());
  }

  @Test
  void aCopyIsUsedThoughTheLiveValueIsTheRecordedOne() throws Exception {
    Rules rules = Rules.of("copy c2s:0+1->s2c:0+1");
    assertEquals(List.of(), play(rules, "0002 0161", "c2s 0161", "s2c 0162").unusedRules());
  }

  @Test
  void aCopyIntoBytesThatAreIgnoredIsNeverChecked() throws Exception {
    Replays.write(file, "c2s 0161", "s2c 0162");
    try (TestTarget target = TestTarget.start();
        Verifier verifier =
            Verifier.start(Replays.verification(target.address(), file, "c2s 0161", "s2c 0162")
                .withRules(Rules.of("copy c2s:0+1->s2c:0+1", "ignore s2c:0+1")));
        TestPeer peer = target.accept()) {
      peer.await(4);
      peer.send("0002 ff62").endSending();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
      assertCounts(1, 0, 0, 0, verifier.verdict());
      assertEquals(List.of("copy c2s:0+1->s2c:0+1"), verifier.verdict().unusedRules());
    }
  }

  @Test
  void aReplyWhoseLiveValueWasForgottenBreaksTheReplay() throws Exception {
    List<String> lines = new ArrayList<>();
    ByteBuffer frames = ByteBuffer.allocate(6 * TOO_MANY);
    for (int i = 0; i < TOO_MANY; i++) {
      lines.add(String.format("c2s %08x", i));
      frames.putShort((short) 4).putInt(~i);
    }
    lines.add("s2c 00000000");
    try (ReplayServer server =
            start(Rules.of("copy c2s:0+4->s2c:0+4"), lines.toArray(new String[0]));
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send(frames.array()).awaitEnd());
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session goes on");
      assertCounts(0, 0, 0, 1, server.verdict());
      assertTrue(server.verdict().failed());
    }
  }

  @Test
  void aRequestWhoseLiveValueWasForgottenBreaksTheVerification() throws Exception {
    List<String> lines = new ArrayList<>();
    ByteBuffer frames = ByteBuffer.allocate(6 * TOO_MANY);
    for (int i = 0; i < TOO_MANY; i++) {
      lines.add(String.format("s2c %08x", i));
      frames.putShort((short) 4).putInt(~i);
    }
    lines.add("c2s 00000000");
    List<String> damage = new ArrayList<>();
    try (TestTarget target = TestTarget.start();
        Verifier verifier = Verifier.start(
            Replays.verification(target.address(), file, lines.toArray(new String[0]))
                .withRules(Rules.of("copy s2c:0+4->c2s:0+4"))
                .withListener(result -> damage.add(result.damage())));
        TestPeer peer = target.accept()) {
      assertEquals("", peer.send(frames.array()).awaitEnd());
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
      assertCounts(0, 0, 0, 1, verifier.verdict());
      assertEquals(
          List.of(file + ":" + (TOO_MANY + 2) + ": copy s2c:0+4->c2s:0+4: the value for this frame"
              + " was forgotten, because 65536 later ones came before the frame; that many may be"
              + " under way at a time"),
          damage);
    }
  }
}
