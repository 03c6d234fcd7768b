package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayTimingTest extends ReplayTestBase {
  private ReplayServer playing(Timing timing, String... lines) throws IOException {
    return ReplayServer.start(Replays.config(file, lines).withTiming(timing));
  }

  @Test
  void recordedPausesAreKept() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL, "0 c2s 61", "150000 s2c 62", "300000 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      long start = System.nanoTime();
      client.send("0001 61").await(3);
      assertTrue(System.nanoTime() - start >= 150_000_000, "the first reply was early");
      client.await(3);
      assertTrue(System.nanoTime() - start >= 300_000_000, "the second reply was early");
    }
  }

  @Test
  void aPauseCountsFromTheFrameBeforeNotFromTheBeginning() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL, "0 c2s 61", "3600000000 c2s 62", "3600000001 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000163", client.send("0001 61" + "0001 62").await(3));
    }
  }

  @Test
  void aPauseIsKeptThoughTheNextFrameIsThereAlready() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (ReplayServer server =
              playing(Timing.ORIGINAL, "0 s2c 60", "0 c2s 61", "100000 s2c 62", "100000 c2s 63");
          TestPeer client = TestPeer.connect(server.address())) {
        client.await(3);
        long start = System.nanoTime();
        client.send("0001 61 0001 63").await(3);
        assertTrue(System.nanoTime() - start >= 100_000_000, "the reply was early, round " + i);
      }
    }
  }

  @Test
  void pausesAreDividedByTheSpeed() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL.withSpeed(1000), "0 c2s 61", "200000000 s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      long start = System.nanoTime();
      assertEquals("000162", client.send("0001 61").await(3)); // within the deadline of ten seconds
      assertTrue(System.nanoTime() - start >= 200_000_000, "the reply was early");
    }
  }

  @Test
  void pausesAreCutAtTheLongestGap() throws Exception {
    Timing timing = Timing.ORIGINAL.withMaxGap(Duration.ofMillis(100));
    try (ReplayServer server =
            playing(timing, "0 c2s 61", "3600000000 s2c 62", "7200000000 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      long start = System.nanoTime();
      assertEquals("000162000163", client.send("0001 61").await(6));
      assertTrue(System.nanoTime() - start >= 200_000_000, "the replies were early");
    }
  }

  @Test
  void timesThatGoBackAreNoPause() throws Exception {
    try (ReplayServer server =
            playing(Timing.ORIGINAL, "3600000000 c2s 61", "0 s2c 62", "0 s2c 63");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000162000163", client.send("0001 61").awaitEnd());
    }
  }

  @Test
  void aServerThatIsClosedInALongPauseDoesNotWaitForItsEnd() throws Exception {
    ReplayServer server =
        playing(Timing.ORIGINAL.withSpeed(1e-9), "0 c2s 61", "9000000000000000 s2c 62");
    try (TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61");
      server.close();
      assertEquals("", client.awaitEnd());
    }
  }

  @Test
  void theVerdictSaysHowLateTheLatestFrameWas() throws Exception {
    try (ReplayServer server = playing(Timing.ORIGINAL, "0 c2s 61", "1000 s2c 62");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0001 61").awaitEnd();
      client.endSending();
      Replays.assertMatched(server, 1);
      Duration lateness = server.verdict().longestLateness();
      assertTrue(lateness.toNanos() > 0, lateness.toString());
    }
  }
}
