package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReplayTest {
  private static final ReplayRecording RECORDING = ReplayRecording.of(100, 1_000_000);

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  private ReplayServer playing(Timing timing) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ReplayServer.start(ReplayConfig.of(any, file).withTiming(timing));
  }

  @Test
  void aRecordingIsAboutAsLongAsAskedForAndOfRequestsAndRepliesInTurn() throws Exception {
    long length = RECORDING.write(file);
    assertEquals(Files.size(file), length);
    assertTrue(length > 950_000 && length < 1_050_000, "length " + length);
    try (Recording recording = Recording.open(file, 100)) {
      RecordingReader entries = recording.reader();
      StringBuilder directions = new StringBuilder();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        directions.append(entry.direction()).append(' ');
      }
      assertEquals("c2s s2c ".repeat(RECORDING.pairs()), directions.toString());
    }
  }

  @Test
  void theClientDoesWhatWasRecorded() throws Exception {
    RECORDING.write(file);
    try (ReplayServer server = playing(Timing.NONE)) {
      assertTrue(ReplayClient.play(server.address(), RECORDING) > 0);
      assertTrue(server.awaitConnections(1, Duration.ofSeconds(10)));
      assertEquals(1, server.verdict().matched());
    }
  }

  @Test
  void bareRepliesAreAllThatTheClientExpects() throws Exception {
    try (BareReplies server = new BareReplies(RECORDING)) {
      assertTrue(ReplayClient.play(server.address(), RECORDING) > 0);
    }
  }

  @Test
  void oneOtherByteInAReplyIsFound() throws Exception {
    byte[] bytes = RECORDING.bytes().clone();
    bytes[57] ^= 1; // the first reply begins at 1
    try (BareReplies server = new BareReplies(new ReplayRecording(100, RECORDING.pairs(), bytes))) {
      assertFails(
          "found another reply, from its byte 56 after 0 of " + RECORDING.pairs() + " replies",
          server);
    }
  }

  @Test
  void aMissingReplyIsFound() throws Exception {
    ReplayRecording shorter = new ReplayRecording(100, 10, RECORDING.bytes());
    try (BareReplies server = new BareReplies(shorter)) {
      assertFails("found the server's end after 10 of " + RECORDING.pairs() + " replies", server);
    }
  }

  private static void assertFails(String message, BareReplies server) {
    Exception e =
        assertThrows(IOException.class, () -> ReplayClient.play(server.address(), RECORDING));
    assertEquals(message, e.getMessage());
  }

  @Test
  void repliesWithTheirPausesAreNoneOfThemEarly() throws Exception {
    Lateness lateness = Lateness.of(45);
    lateness.write(file);
    try (ReplayServer server = playing(Timing.ORIGINAL)) {
      long[] late = lateness.measure(server.address());
      assertEquals(45, late.length);
      assertEquals(
          LongStream.of(late).sorted().boxed().toList(),
          LongStream.of(late).boxed().toList());
    }
  }

  @Test
  void aReplyWithoutItsPauseIsFound() throws Exception {
    Lateness lateness = Lateness.of(45);
    lateness.write(file);
    try (ReplayServer server = playing(Timing.NONE)) {
      Exception e = assertThrows(IOException.class, () -> lateness.measure(server.address()));
      assertTrue(
          e.getMessage().matches("reply \\d+: found it \\d+ ns before it was due"), e::getMessage);
    }
  }
}
