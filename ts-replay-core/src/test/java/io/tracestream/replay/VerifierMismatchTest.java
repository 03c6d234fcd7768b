package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Targets that depart from what was recorded: every verification ends, and says why. */
@Execution(ExecutionMode.CONCURRENT)
class VerifierMismatchTest extends VerifierTestBase {
  private Verifier playing(int timeoutMillis, String... lines) throws IOException {
    return Verifier.start(config(lines).withReplyTimeout(Duration.ofMillis(timeoutMillis)));
  }

  private Verifier playing(String... lines) throws IOException {
    return playing(20_000, lines);
  }

  private Mismatch mismatch(Verifier verifier) throws InterruptedException {
    Mismatch mismatch = onlyMismatch(verdict(verifier));
    assertEquals(target.address(), mismatch.peer());
    return mismatch;
  }

  private void assertSays(String sentence, Verifier verifier) throws InterruptedException {
    assertEquals("connection 1 s2c " + sentence, mismatch(verifier).toString());
  }

  @Test
  void anotherFrame() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62", "c2s 63", "s2c 6465");
        TestPeer peer = target.accept()) {
      assertEquals("000161" + "000163", peer.send("0001 62").await(6));
      peer.send("0002 6466").awaitEnd();
      assertSays(
          "entry 4 " + file
              + ":5: found 2 bytes 6466, expected 2 bytes 6465; first difference at payload"
              + " byte 1",
          verifier);
      assertEquals(1, verifier.verdict().entriesMatched());
    }
  }

  @Test
  void anotherFrameInThePlaceOfTheFirst() throws Exception {
    try (Verifier verifier = playing("s2c 6465", "c2s 61");
        TestPeer peer = target.accept()) {
      assertEquals("", peer.send("0000").awaitEnd());
      assertSays(
          "entry 1 " + file
              + ":2: found 0 bytes, expected 2 bytes 6465; first difference at payload byte 0",
          verifier);
      assertEquals(0, verifier.verdict().entriesMatched());
    }
  }

  @Test
  void aFrameBehindTheLast() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62");
        TestPeer peer = target.accept()) {
      peer.send("0001 62 0001 62").awaitEnd();
      assertSays("after the last entry of " + file + ": found one more frame, 1 byte 62", verifier);
    }
  }

  @Test
  void aFrameBehindTheLastOnceTheClientHasEnded() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62");
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0001 62").awaitEnd());
      peer.send("0001 63");
      assertEquals(Kind.EXTRA_FRAME, mismatch(verifier).kind());
    }
  }

  @Test
  void anEarlyEnd() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62", "s2c 63");
        TestPeer peer = target.accept()) {
      peer.await(3);
      peer.send("0001 62").endSending();
      assertSays(
          "entry 3 " + file + ":4: the target ended its sending; expected 1 byte 63", verifier);
    }
  }

  @Test
  void aBadFrame() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62");
        TestPeer peer = target.accept()) {
      peer.await(3);
      peer.send("0002 62").endSending();
      assertSays(
          "entry 2 " + file
              + ":3: the target ended its sending inside a frame: byte 0: found the end after 1 of 2"
              + " payload bytes; expected 1 byte 62",
          verifier);
    }
  }

  @Test
  void aReset() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62");
        TestPeer peer = target.accept()) {
      peer.await(3);
      peer.reset();
      assertSays(
          "entry 2 " + file + ":3: the target is gone: Connection reset; expected 1 byte 62",
          verifier);
    }
  }

  @Test
  void aResetWhileThereIsStillMuchToSend() throws Exception {
    String[] lines = new String[400];
    Arrays.fill(lines, "c2s " + "61".repeat(60_000)); // more than the sockets hold
    try (Verifier verifier = playing(lines);
        TestPeer peer = target.accept()) {
      peer.await(3);
      peer.reset();
      Mismatch mismatch = mismatch(verifier);
      assertEquals(Kind.NOT_TAKEN, mismatch.kind());
      assertTrue(mismatch.reason().startsWith("the target is gone: "), mismatch.reason());
    }
  }

  @Test
  void nothing() throws Exception {
    try (Verifier verifier = playing(800, "c2s 61", "s2c 62");
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.awaitEnd());
      assertSays("entry 2 " + file + ":3: nothing came for 0.8 s; expected 1 byte 62", verifier);
    }
  }

  @Test
  void nothingBehindHalfAReply() throws Exception {
    try (Verifier verifier = playing(800, "c2s 61", "s2c 6263");
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.send("0002 62").awaitEnd());
      assertSays(
          "entry 2 " + file
              + ":3: only 3 of 4 bytes of a frame came, and nothing more for 0.8 s; expected 2 bytes"
              + " 6263",
          verifier);
    }
  }

  @Test
  void nothingThatIsTaken() throws Exception {
    String[] lines = new String[401];
    Arrays.fill(lines, "c2s " + "61".repeat(60_000)); // more than the sockets hold
    lines[400] = "s2c 62";
    try (Verifier verifier = playing(800, lines);
        TestPeer peer = target.accept()) {
      assertSays(
          "entry 401 " + file
              + ":402: nothing came for 0.8 s, and what we send is not being read; expected 1 byte"
              + " 62",
          verifier);
      peer.awaitEnd();
    }
  }

  @Test
  void nothingThatIsTakenAndNothingOwed() throws Exception {
    String[] lines = new String[400];
    Arrays.fill(lines, "c2s " + "61".repeat(60_000)); // more than the sockets hold
    try (Verifier verifier = playing(800, lines);
        TestPeer peer = target.accept()) {
      assertEquals(
          "nothing came for 0.8 s, and what we send is not being read",
          mismatch(verifier).reason());
      peer.awaitEnd();
    }
  }

  @Test
  void aTimeOutThatIsLongerThanTimesCanSayIsForEver() throws Exception {
    VerifyConfig config = Replays.verification(target.address(), file, "c2s 61", "s2c 62")
        .withReplyTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("000161", peer.await(3));
      peer.send("0001 62").endSending().awaitEnd();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertCounts(1, 0, 0, 0, verifier.verdict());
    }
  }

  @Test
  void whatCannotBePlayedBreaksItsSessionAndTheNextIsPlayed() throws Exception {
    Entry request = new Entry(0, Direction.C2S, new byte[] {'a'});
    List<Entry> entries = new ArrayList<>(Collections.nCopies(20_000, request));
    Entry tooLong = new Entry(0, Direction.C2S, new byte[65_536]); // nobody can send such a frame
    entries.add(tooLong);
    List<Conversation> conversations = List.of(
        Conversation.of(Recording.of("one", entries)),
        Conversation.of(Recording.of("two", List.of(request))));
    VerifyConfig config = VerifyConfig.of(target.address(), conversations)
        .withFormat(Replays.FORMAT)
        .withTiming(Timing.NONE);
    try (Verifier verifier = Verifier.start(config);
        TestPeer first = target.accept()) {
      first.awaitEnd();
      try (TestPeer second = target.accept()) {
        second.endSending().awaitEnd();
      }
      assertTrue(verifier.awaitConnections(2, Replays.DEADLINE));
      assertCounts(1, 0, 0, 1, verifier.verdict());
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void anEntryThatNoFrameCanCarryIsNamedByItsLine(Order order) throws Exception {
    BlockingQueue<String> damage = new LinkedBlockingQueue<>();
    SessionListener listener = new SessionListener() {
      @Override
      public void ended(SessionResult result) {
        damage.add(String.valueOf(result.damage()));
      }
    };
    file = dir.resolve("short.rec");
    String[] lines = {"c2s 414243", "s2c 416263", "c2s 41", "s2c 4162"};
    VerifyConfig config = Replays.verification(target.address(), file, lines)
        .withFormat(new FrameFormat(Framing.parse("length=1,offset=2"), 100))
        .withRules(Rules.of("copy c2s:0+1->s2c:0+1")) // without, there is one order
        .withOrder(order)
        .withListener(listener);
    try (Verifier verifier = Verifier.start(config);
        TestPeer peer = target.accept()) {
      assertEquals("41420143", peer.await(4));
      peer.send("4162 01 63").awaitEnd();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      String why = damage.poll(20, TimeUnit.SECONDS);
      assertTrue(
          why != null && why.startsWith(file + ":4: payload: found 1 bytes, expected at least 2"),
          why);
    }
  }

  @Test
  void damageInTheRecordingIsNotTheTargetsFault() throws Exception {
    try (Verifier verifier = playing("c2s 61", "s2c 62", "s2c 6");
        TestPeer peer = target.accept()) {
      peer.send("0001 62").awaitEnd();
      assertTrue(verifier.awaitConnections(1, Replays.DEADLINE));
      assertCounts(0, 0, 0, 1, verifier.verdict());
    }
  }
}
