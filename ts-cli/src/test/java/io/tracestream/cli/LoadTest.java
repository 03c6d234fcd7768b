package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Timing;
import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The command load: its statuses, its summary, and what it writes. */
@ResourceLock(Resources.SYSTEM_ERR)
class LoadTest {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("echo.rec");
    Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6162\n0\tc2s\t\n0\ts2c\t\n");
  }

  private Run.Started load(InetSocketAddress target, String... more) {
    List<String> args = new ArrayList<>(
        List.of("load", "--target", "127.0.0.1:" + target.getPort(), "--record", file.toString()));
    args.addAll(List.of("--header-len", "2"));
    args.addAll(List.of(more));
    return Run.start(args.toArray(String[]::new));
  }

  /** A server that answers any number of clients as they were recorded. */
  private ReplayServer server() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ReplayServer.start(
        ReplayConfig.of(any, file).withFormat(new FrameFormat(2, 65_535)).withTiming(Timing.NONE));
  }

  private static void assertMatches(String pattern, String line) {
    assertTrue(line.matches(pattern), line);
  }

  @Test
  void clientsThatAreAllAnsweredAsRecordedMakeStatusNought() throws Exception {
    try (ReplayServer server = server();
        Run.Started load = load(server.address(), "--clients", "3", "--rounds", "2")) {
      assertEquals(0, load.awaitStatus(), load.stderr());
      List<String> output = load.awaitOutput();
      assertMatches(
          "3 clients played 6 conversations in .*: 6 matched, 0 mismatches, 0 errors",
          output.get(0));
      assertMatches(
          "requests: 12 sent \\([\\d.]+/s\\), 12 answered \\([\\d.]+/s\\);"
              + " 12 B sent, 12 B received",
          output.get(1));
      assertMatches("latency: p50 .*, p90 .*, p99 .*, p99.9 .*, p99.99 .*, max .*", output.get(2));
      assertEquals(3, output.size());
    }
  }

  @Test
  void anotherAnswerMakesStatusOneAndIsExplainedOnce() throws Exception {
    try (ReplayServer server = server()) {
      Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6163\n0\tc2s\t\n0\ts2c\t\n");
      try (Run.Started load = load(server.address(), "--clients", "2", "--rounds", "2")) {
        assertEquals(1, load.awaitStatus());
        List<String> output = load.awaitOutput();
        assertMatches(".*: 0 matched, 4 mismatches, 0 errors", output.get(0));
        assertEquals("failed: mismatches>0: there are 4", output.get(output.size() - 1));
        String said = load.stderr();
        assertTrue(said.contains(", s2c entry 2 of 4, " + file + ":2\n"), said);
        assertTrue(said.contains("--ignore s2c:1+1"), said);
        assertEquals(1, said.lines().filter(line -> line.startsWith("mismatch")).count(), said);
      }
    }
  }

  @Test
  void aLimitMayLeaveRoomForMismatchesAndErrors() throws Exception {
    try (TestTarget target = TestTarget.start();
        Run.Started load = load(
            target.address(),
            "--clients=1",
            "--rounds=3",
            "--fail-if=mismatches>1",
            "--fail-if=errors > 1")) {
      try (TestPeer peer = target.accept()) {
        peer.await(4);
        peer.send("0002 6163").awaitEnd();
      }
      try (TestPeer peer = target.accept()) {
        peer.await(4);
        peer.endSending().awaitEnd();
      }
      try (TestPeer peer = target.accept()) {
        peer.send(peer.await(4)).send(peer.await(2)).awaitEnd();
      }
      assertEquals(0, load.awaitStatus(), load.stderr());
      List<String> output = load.awaitOutput();
      assertMatches(".*: 1 matched, 1 mismatch, 1 error", output.get(0));
      assertEquals("errors: 1 lost", output.get(3));
    }
  }

  @Test
  void aLoadWithoutAnyReplyFailsWhateverItsLimits() throws Exception {
    try (TestTarget target = TestTarget.start();
        Run.Started load =
            load(target.address(), "--clients=1", "--rounds=1", "--fail-if=errors>1")) {
      try (TestPeer peer = target.accept()) {
        peer.await(4);
        peer.endSending().awaitEnd();
      }
      assertEquals(1, load.awaitStatus());
      List<String> output = load.awaitOutput();
      assertEquals("latency: no reply came", output.get(2));
      assertEquals("failed: no reply came", output.get(output.size() - 1));
    }
  }

  @Test
  void aBrokenLimitOfALatencyMakesStatusOne() throws Exception {
    try (ReplayServer server = server();
        Run.Started load =
            load(server.address(), "--clients=2", "--rounds=1", "--fail-if", "p99>0.0001ms")) {
      assertEquals(1, load.awaitStatus());
      List<String> output = load.awaitOutput();
      assertMatches("failed: p99>0.0001ms: p99 is .*", output.get(output.size() - 1));
    }
  }

  @Test
  void rulesSayWhatMayDiffer() throws Exception {
    try (ReplayServer server = server()) {
      Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6163\n0\tc2s\t\n0\ts2c\t\n");
      try (Run.Started load =
          load(server.address(), "--clients", "2", "--rounds", "1", "--ignore", "s2c[len=2]:1+1")) {
        assertEquals(0, load.awaitStatus(), load.stderr());
      }
    }
  }

  @Test
  void aServerThatIsNotThereMakesStatusOne() throws Exception {
    try (Run.Started load =
        load(new InetSocketAddress("127.0.0.1", 1), "--clients", "5", "--rounds", "1")) {
      assertEquals(1, load.awaitStatus());
      assertEquals(
          "ts-proxy: target 127.0.0.1:1 cannot be reached: " + SystemText.connectionRefused()
              + "; start the target or correct its address\n",
          load.stderr());
    }
  }

  @Test
  void theReportHoldsTheResults() throws Exception {
    Path report = dir.resolve("load.json");
    try (ReplayServer server = server();
        Run.Started load = load(
            server.address(), "--clients=3", "--rounds=2", "--rate=1000/s", "--report=" + report)) {
      assertEquals(0, load.awaitStatus(), load.stderr());
    }
    Map<?, ?> json = ReadJson.object(Files.readAllBytes(report));
    assertEquals("load", json.get("command"));
    assertEquals(true, json.get("passed"));
    assertEquals("6", String.valueOf(json.get("matched")));
    assertEquals("12", String.valueOf(json.get("requests")));
    assertEquals("1000.0", String.valueOf(json.get("rate")));
    Map<?, ?> latency = (Map<?, ?>) json.get("latencyMicros");
    double p50 = Double.parseDouble(latency.get("p50").toString());
    double max = Double.parseDouble(latency.get("max").toString());
    assertTrue(p50 > 0 && p50 <= max, latency.toString());
    assertEquals(List.of(), json.get("firstMismatches"));
  }

  @Test
  void aPageShowsTheResultsAndTheFirstMismatches() throws Exception {
    Path report = dir.resolve("load.html");
    try (ReplayServer server = server()) {
      Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6163\n0\tc2s\t\n0\ts2c\t\n");
      try (Run.Started load =
          load(server.address(), "--clients=2", "--rounds=2", "--report=" + report)) {
        assertEquals(1, load.awaitStatus());
      }
    }
    String page = Files.readString(report);
    assertTrue(page.startsWith("<!DOCTYPE html>"));
    assertTrue(page.contains("2 clients played 4 conversations in "), "no summary");
    assertTrue(page.contains("0 matched, 4 mismatches, 0 errors"), "no counts");
    assertTrue(page.contains("found another frame of the same length"), "no mismatch");
  }

  @Test
  void theHistogramLogHoldsEveryLatency() throws Exception {
    Path log = dir.resolve("load.hlog");
    try (ReplayServer server = server();
        Run.Started load =
            load(server.address(), "--clients=3", "--rounds=5", "--histogram=" + log)) {
      assertEquals(0, load.awaitStatus(), load.stderr());
    }
    HistogramLogReader reader = new HistogramLogReader(log.toFile());
    long count = 0;
    for (EncodableHistogram one = reader.nextIntervalHistogram();
        one != null;
        one = reader.nextIntervalHistogram()) {
      count += ((org.HdrHistogram.Histogram) one).getTotalCount();
    }
    assertEquals(30, count);
  }

  @Test
  void aLoadThatCannotStartLeavesAnEarlierLogAsItIs() throws Exception {
    Path log = Files.writeString(dir.resolve("load.hlog"), "an earlier log\n");
    InetSocketAddress nowhere = new InetSocketAddress("127.0.0.1", 1);
    try (Run.Started load = load(nowhere, "--clients", "1", "--histogram", log.toString())) {
      assertEquals(1, load.awaitStatus());
    }
    assertEquals("an earlier log\n", Files.readString(log));
  }

  @Test
  void resultsDoNotReplaceTheRecording() throws Exception {
    String before = Files.readString(file);
    InetSocketAddress nowhere = new InetSocketAddress("127.0.0.1", 1);
    try (Run.Started load = load(nowhere, "--clients", "1", "--histogram", file.toString())) {
      assertEquals(3, load.awaitStatus());
      assertEquals(
          "ts-proxy: --histogram: " + file + " is the recording; choose another name\n",
          load.stderr());
    }
    assertEquals(before, Files.readString(file));
  }
}
