package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertMatched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Recordings that say what was redacted. */
class ReplayRedactedTest extends ReplayTestBase {
  private static final String[] LOGIN = {
    "# redact c2s[0=4c]:1+4", "# redact s2c:1+len8", "c2s 4c2a2a2a2a00", "s2c 41022a2a"
  };

  private static String play(ReplayServer server, String frame) throws IOException {
    try (TestPeer client = TestPeer.connect(server.address())) {
      return client.send(frame).endSending().awaitEnd();
    }
  }

  @Test
  void whatWasRedactedIsNotComparedAndIsSentAsItIs() throws Exception {
    try (ReplayServer server = ReplayServer.start(Replays.config(file, LOGIN))) {
      assertEquals("000441022a2a", play(server, "0006 4c 01020304 00"));
      assertMatched(server, 1);
      Verdict verdict = server.verdict();
      assertEquals(2, verdict.compared());
      assertEquals(4, verdict.open());
      assertEquals(
          List.of("redacted when it was recorded, so these bytes are not compared:"
              + " c2s[0=4c]:1+4, s2c:1+len8"),
          verdict.notes());
      assertEquals(List.of(), verdict.unusedRules());
    }
  }

  @Test
  void allOtherBytesAreCompared() throws Exception {
    try (ReplayServer server = ReplayServer.start(Replays.config(file, LOGIN))) {
      play(server, "0006 4c 01020304 01");
      Mismatch mismatch = Replays.onlyMismatch(server);
      assertEquals(5, mismatch.offset());
    }
  }

  @Test
  void aPartOfAFieldInAShortFrameIsNotComparedEither() throws Exception {
    try (ReplayServer server = ReplayServer.start(
        Replays.config(file, "# redact c2s[0=4c]:1+4", "c2s 4c2a2a", "s2c 00"))) {
      assertEquals("000100", play(server, "0003 4c 0102"));
      assertMatched(server, 1);
    }
  }

  @Test
  void aStubFindsTheReplyToARedactedRequest() throws Exception {
    String[] lines = {"# redact c2s:1+2", "c2s 012a2a", "s2c 11", "c2s 022a2a", "s2c 22"};
    try (ReplayServer server = ReplayServer.start(Replays.config(file, lines).withStub(true))) {
      assertEquals("000122" + "000111", play(server, "0003 02 9999 0003 01 8888"));
    }
  }

  @Test
  void verifySendsWhatIsRecordedOrTheLiveValueOfACopy() throws Exception {
    String[] lines = {
      "# redact s2c:0+4", "# redact c2s[0=01]:1+4", "c2s 00", "s2c 2a2a2a2a", "c2s 012a2a2a2a"
    };
    for (boolean copied : List.of(false, true)) {
      try (TestTarget listening = TestTarget.start();
          Verifier verifier = Verifier.start(Replays.verification(listening.address(), file, lines)
              .withRules(copied ? Rules.of("copy s2c:0+4->c2s[0=01]:1+4") : Rules.NONE));
          TestPeer target = listening.accept()) {
        assertEquals("000100", target.await(3));
        target.send("0004 aabbccdd");
        assertEquals("0005" + (copied ? "01aabbccdd" : "012a2a2a2a"), target.await(7));
        target.endSending();
        assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      }
    }
  }

  @Test
  void aLineThatNamesNoFieldIsRefusedAtTheStart() throws Exception {
    ReplayConfig config = Replays.config(file, "# redact everything", "c2s 00");
    Exception e = assertThrows(RecordingException.class, () -> ReplayServer.start(config));
    assertTrue(
        e.getMessage().startsWith(file + ": # redact \"everything\": character 1: not a field"),
        e.getMessage());
    assertTrue(e.getMessage().endsWith("; correct the line or record again"), e.getMessage());
  }
}
