package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.assertMatched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that come on one connection and go into frames of another one. */
@Timeout(60)
class CopyAcrossTest {
  private static final String TOKEN = "copy s2c[0=02]:1+2->c2s[0=03]:1+2";
  private static final String ID = "copy c2s[0=01]:1+2->s2c[0=04]:1+2";

  @TempDir
  private Path dir;

  private List<Conversation> conversations(List<String> first, List<String> second)
      throws IOException {
    return List.of(
        Conversation.of(Replays.write(dir.resolve("1.rec"), first.toArray(String[]::new))),
        Conversation.of(Replays.write(dir.resolve("2.rec"), second.toArray(String[]::new))));
  }

  private Verifier verifying(TestTarget target, List<Conversation> conversations, String... rules)
      throws IOException {
    return Verifier.start(VerifyConfig.of(target.address(), conversations)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE)
        .withRules(Rules.of(rules)));
  }

  private ReplayServer replaying(List<Conversation> conversations, Selection by, String rule)
      throws IOException {
    Path any = conversations.get(0).parts().get(0);
    return ReplayServer.start(ReplayConfig.of(Replays.config(any).listen(), conversations)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE)
        .withSelection(by)
        .withRules(Rules.of(rule)));
  }

  private List<Conversation> logonAndUse() throws IOException {
    return conversations(List.of("c2s 01", "s2c 025e55"), List.of("c2s 035e55", "s2c 04"));
  }

  private List<Conversation> idAndEcho() throws IOException {
    return conversations(List.of("c2s 010007", "s2c 02"), List.of("c2s 03", "s2c 040007"));
  }

  @Test
  void aTokenOfOneConnectionIsSentOnTheNext() throws Exception {
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, logonAndUse(), TOKEN + " across")) {
      try (TestPeer logon = target.accept()) {
        assertEquals("000101", logon.await(3));
        logon.send("0003 02aaaa").endSending();
      }
      try (TestPeer use = target.accept()) {
        assertEquals("000303aaaa", use.await(5));
        use.send("0001 04").endSending();
      }
      assertTrue(verifier.awaitConnections(2, Replays.DEADLINE));
      assertCounts(2, 0, 0, 0, verifier.verdict());
      assertEquals(List.of(), verifier.verdict().unusedRules());
    }
  }

  @Test
  void withoutTheWordATokenStaysOnItsConnection() throws Exception {
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, logonAndUse(), TOKEN)) {
      try (TestPeer logon = target.accept()) {
        logon.await(3);
        logon.send("0003 02aaaa").endSending();
      }
      try (TestPeer use = target.accept()) {
        assertEquals("0003035e55", use.await(5));
        use.send("0001 04").endSending();
      }
      assertTrue(verifier.awaitConnections(2, Replays.DEADLINE));
      assertEquals(List.of(TOKEN), verifier.verdict().unusedRules());
    }
  }

  @Test
  void aConnectionsOwnValueComesBeforeThoseOfOthers() throws Exception {
    List<Conversation> both = conversations(
        List.of("c2s 01", "s2c 025e55"), List.of("c2s 01", "s2c 025e55", "c2s 035e55", "s2c 04"));
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(target, both, TOKEN + " across")) {
      try (TestPeer logon = target.accept()) {
        logon.await(3);
        logon.send("0003 02aaaa").endSending();
      }
      try (TestPeer use = target.accept()) {
        use.await(3);
        assertEquals("0003035e55", use.send("0003 025e55").await(5), "its own is as recorded");
        use.send("0001 04").endSending();
      }
      assertTrue(verifier.awaitConnections(2, Replays.DEADLINE));
      assertCounts(2, 0, 0, 0, verifier.verdict());
    }
  }

  @Test
  void theServerIsExpectedToSendWhatTheClientSentOnAnotherConnection() throws Exception {
    List<Conversation> both = conversations(
        List.of("s2c 025e55", "c2s 035e55"), List.of("c2s 06", "s2c 075e55", "s2c 08"));
    try (TestTarget target = TestTarget.start();
        Verifier verifier = verifying(
            target,
            both,
            "copy s2c[0=02]:1+2->c2s[0=03]:1+2",
            "copy c2s[0=03]:1+2->s2c[0=07]:1+2 across")) {
      try (TestPeer first = target.accept()) {
        assertEquals("000303aaaa", first.send("0003 02aaaa").await(5));
        first.endSending();
      }
      try (TestPeer second = target.accept()) {
        second.await(3);
        second.send("0003 07aaab");
        second.awaitEnd();
      }
      assertTrue(verifier.awaitConnections(2, Replays.DEADLINE));
      assertCounts(1, 1, 0, 0, verifier.verdict());
      assertEquals(2, verifier.verdict().mismatches().get(0).offset());
    }
  }

  @Test
  void aReplyCarriesTheIdThatTheClientSentOnAnotherConnectionThatIsOpenToo() throws Exception {
    for (Selection by : Selection.values()) {
      try (ReplayServer server = replaying(idAndEcho(), by, ID + " across");
          TestPeer first = TestPeer.connect(server.address())) {
        assertEquals("000102", first.send("0003 01beef").await(3));
        try (TestPeer second = TestPeer.connect(server.address())) {
          assertEquals("000304beef", second.send("0001 03").awaitEnd());
          second.endSending();
        }
        first.endSending();
        assertMatched(server, 2);
      }
    }
  }

  @Test
  void aClientMustUseTheTokenThatItWasGivenOnAnotherConnection() throws Exception {
    try (ReplayServer server = replaying(logonAndUse(), Selection.ORDER, TOKEN + " across")) {
      try (TestPeer logon = TestPeer.connect(server.address())) {
        assertEquals("0003025e55", logon.send("0001 01").awaitEnd());
      }
      try (TestPeer use = TestPeer.connect(server.address())) {
        assertEquals("", use.send("0003 035e56").awaitEnd());
      }
      assertTrue(server.awaitConnections(2, Replays.DEADLINE));
      assertCounts(1, 1, 0, 0, server.verdict());
    }
  }

  @Test
  void aStubAnswersWithTheIdThatTheClientSentOnAnotherConnection() throws Exception {
    List<Conversation> both = idAndEcho();
    ReplayConfig config = ReplayConfig.of(
            Replays.config(both.get(0).parts().get(0)).listen(), both)
        .withFormat(Replays.FORMAT)
        .withStub(true)
        .withRules(Rules.of(ID + " across"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer first = TestPeer.connect(server.address());
        TestPeer second = TestPeer.connect(server.address())) {
      assertEquals("000102", first.send("0003 01beef").await(3));
      assertEquals("000304beef", second.send("0001 03").await(5));
      first.endSending();
      second.endSending();
      assertMatched(server, 2);
    }
  }

  @Test
  void aStubTakesTheTokenThatItGaveOnAnotherConnection() throws Exception {
    List<Conversation> both = logonAndUse();
    ReplayConfig config = ReplayConfig.of(
            Replays.config(both.get(0).parts().get(0)).listen(), both)
        .withFormat(Replays.FORMAT)
        .withStub(true)
        .withRules(Rules.of(TOKEN + " across"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer first = TestPeer.connect(server.address());
        TestPeer second = TestPeer.connect(server.address())) {
      assertEquals("0003025e55", first.send("0001 01").await(5));
      assertEquals("000104", second.send("0003 035e55").await(3));
      first.endSending();
      second.endSending();
      assertMatched(server, 2);
    }
  }
}
