package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients from which nothing comes. */
@Execution(ExecutionMode.CONCURRENT)
class ReplayIdleTest extends ReplayTestBase {
  private ReplayServer playing(int idleMillis, String... lines) throws IOException {
    return ReplayServer.start(
        Replays.config(file, lines).withIdleTimeout(Duration.ofMillis(idleMillis)));
  }

  @Test
  void aServerIsStartedOnAnInterruptedThreadAsOnAnyOther() throws Exception {
    Thread.currentThread().interrupt();
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62")) {
      assertTrue(Thread.interrupted());
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("000162", client.send("0001 61").await(3));
      }
    }
  }

  @Test
  void aClientMaySendNothingForEverUnlessATimeOutIsSet() throws Exception {
    try (ReplayServer server = Replays.start(file, "c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.socket().setSoTimeout(500); // what is tested is that not even the end comes
      assertThrows(SocketTimeoutException.class, () -> client.await(1));
      client.socket().setSoTimeout(10_000);
      assertEquals("000162", client.send("0001 61").awaitEnd());
      assertMatched(server, 1);
    }
  }

  /** A part of a frame that came is not nothing. */
  private static String reasonAfter(String sent) {
    return switch (sent) {
      case "00" -> "only 1 of 2 header bytes came, and nothing more for 0.8 s";
      case "0002" -> "only 2 of 4 bytes of a frame came, and nothing more for 0.8 s";
      case "000261", "0001 61 0002 62" ->
        "only 3 of 4 bytes of a frame came, and nothing more for 0.8 s";
      default -> "nothing came for 0.8 s";
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "0002", "000261", "0001 61", "0001 61 0002 62"})
  void aClientThatSendsNothingMoreIsAMismatch(String sent) throws Exception {
    try (ReplayServer server = playing(800, "c2s 61", "c2s 6262");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send(sent).awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Mismatch.Kind.NOTHING_CAME, mismatch.kind());
      assertEquals(reasonAfter(sent), mismatch.reason());
      assertEquals(sent.startsWith("0001 61") ? 2 : 1, mismatch.place().entry());
      assertNull(mismatch.found());
    }
  }

  @Test
  void aClientThatWaitsForTheServerIsNotIdle() throws Exception {
    ReplayConfig config = Replays.config(file, "0 c2s 61", "1300000 s2c 62", "1300000 c2s 63")
        .withTiming(Timing.ORIGINAL)
        .withIdleTimeout(Duration.ofSeconds(1));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertEquals("", client.send("0001 63").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aClientThatReadsSlowlyIsNotIdle() throws Exception {
    String[] lines = new String[401];
    Arrays.fill(lines, "s2c " + "61".repeat(60_000));
    lines[400] = "c2s 63";
    try (ReplayServer server = playing(3000, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      for (int i = 0; i < 400; i++) {
        client.awaitBytes(60_002);
        Thread.sleep(10); // what is tested is a slow reader: 24 MB in more than 4 s
      }
      assertEquals("", client.send("0001 63").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aClientThatNeitherReadsNorSendsIsAMismatch() throws Exception {
    String[] lines = new String[401];
    Arrays.fill(lines, "s2c " + "61".repeat(60_000)); // more than the sockets hold
    lines[400] = "c2s 63";
    try (ReplayServer server = playing(300, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(Mismatch.Kind.NOTHING_CAME, onlyMismatch(server).kind());
      client.awaitEnd();
    }
  }

  @Test
  void aClientThatNeitherReadsNorHasAnythingToSendIsAMismatch() throws Exception {
    String[] lines = new String[400];
    Arrays.fill(lines, "s2c " + "61".repeat(60_000)); // more than the sockets hold
    try (ReplayServer server = playing(300, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(Mismatch.Kind.NOTHING_CAME, mismatch.kind());
      assertEquals("nothing came for 0.3 s, and what we send is not being read", mismatch.reason());
      client.awaitEnd();
    }
  }

  @Test
  void aClientThatKeepsItsConnectionBehindTheLastEntryIsNotIdle() throws Exception {
    try (ReplayServer server = playing(700, "c2s 61", "s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162", client.send("0001 61").awaitEnd());
      assertMatched(server, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S"})
  void aTimeOutThatIsNoneIsRefused(String text) throws Exception {
    ReplayConfig config = Replays.config(file, "c2s 61");
    Exception refused = assertThrows(
        IllegalArgumentException.class, () -> config.withIdleTimeout(Duration.parse(text)));
    assertEquals("idleTimeout: found " + text + ", expected more than 0", refused.getMessage());
  }
}
