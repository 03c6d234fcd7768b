package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The command replay: its rules, what it says of clients, and how it ends by itself. */
@ResourceLock(Resources.SYSTEM_ERR)
class ReplayTest {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("ids.rec");
    Files.writeString(file, "# ts_proxy recording v1\n0\tc2s\t000161\n0\ts2c\t000162\n");
  }

  private Run.Started replay(String... more) {
    List<String> args = new ArrayList<>(List.of(
        "replay", "--listen", "127.0.0.1:0", "--record", file.toString(), "--header-len", "2"));
    args.addAll(List.of(more));
    return Run.start(args.toArray(String[]::new));
  }

  /** Sends a frame in a conversation of its own; gives all that comes. */
  private static String converse(Run.Started replay, String frame) throws Exception {
    try (TestPeer client = TestPeer.connect(replay.awaitListening())) {
      return client.send(frame).endSending().awaitEnd();
    }
  }

  @Test
  void itEndsAfterSoManyConversationsAndSumsThemUp() throws Exception {
    try (Run.Started replay = replay("--connections", "2")) {
      var address = replay.awaitListening();
      for (int i = 0; i < 2; i++) {
        try (TestPeer client = TestPeer.connect(address)) {
          assertEquals("0003000162", client.send("0003000161").endSending().awaitEnd());
        }
      }
      assertEquals(0, replay.awaitStatus());
      List<String> output = replay.awaitOutput();
      assertEquals(1, output.size(), output.toString());
      assertTrue(
          output
              .get(0)
              .matches(
                  "played 2: 2 matched, 0 differed, 0 incomplete; 2 entries matched, \\d+ bytes"
                      + " compared; longest lateness [0-9.]+ ms"),
          output.toString());
    }
  }

  @Test
  void aDifferenceIsExplainedOnceAndMakesStatusOne() throws Exception {
    try (Run.Started replay = replay("--connections", "1")) {
      assertEquals("", converse(replay, "0003beef61"));
      assertEquals(1, replay.awaitStatus());
      assertTrue(replay
          .awaitOutput()
          .get(0)
          .startsWith("played 1: 0 matched, 1 differed, 0 incomplete; 0"));
      String said = replay.stderr();
      assertTrue(said.startsWith("mismatch: connection 1 with 127.0.0.1:"), said);
      assertTrue(said.contains(", c2s entry 1 of 2, " + file + ":2\n"), said);
      assertTrue(said.contains("--copy 'c2s:0+2->s2c:0+2'"), said);
      assertEquals(said.indexOf("mismatch:"), said.lastIndexOf("mismatch:"), said);
      assertFalse(said.contains("\u001b"), said);
      assertFalse(said.contains("\tat "), said);
    }
  }

  @Test
  void framesAreShownAsTheyPassAndTheSummaryComesLast() throws Exception {
    try (Run.Started replay = replay("--connections", "1", "--show")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      List<String> output = replay.awaitOutput();
      assertEquals(4, output.size(), output.toString());
      assertTrue(
          output.get(1).endsWith(" 1 c2s        3  000161                    ..a"), output.get(1));
      assertTrue(
          output.get(2).endsWith(" 1 s2c        3  000162                    ..b"), output.get(2));
      assertTrue(output.get(3).startsWith("played 1: 1 matched"), output.get(3));
    }
  }

  @Test
  void aMismatchIsDecodedInItsExplanationAndInTheReport() throws Exception {
    Files.writeString(file, "0\tc2s\t7b2261223a312c2262223a327d\n");
    Path report = dir.resolve("report.json");
    try (Run.Started replay =
        replay("--connections", "1", "--decode", "json", "--report", report.toString())) {
      assertEquals("", converse(replay, "000d7b2261223a312c2262223a337d"));
      assertEquals(1, replay.awaitStatus());
      String decoded =
          "  decoded, - expected, + found:\n      {\n        \"a\": 1,\n    -   \"b\": 2\n    +   \"b\": 3\n      }\n";
      assertTrue(replay.stderr().contains(decoded), replay.stderr());
      assertTrue(Files.readString(report).contains("+   \\\"b\\\": 3"), Files.readString(report));
    }
  }

  @Test
  void rulesOfAFileAndOfFlagsHoldTogether() throws Exception {
    Files.writeString(file, "# ts_proxy recording v1\n0\tc2s\t0001617a\n0\ts2c\t000162\n");
    Path rules = Files.writeString(
        dir.resolve("ids.rules"), "\ufeff# ids\r\n--copy 'c2s:0+2->s2c:0+2' # the request's\r\n");
    try (Run.Started replay =
        replay("--connections", "1", "--rules", rules.toString(), "--ignore", "c2s:-1+1")) {
      assertEquals("0003beef62", converse(replay, "0004beef61ff"));
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void aClientThatSendsNothingEndsTheReplayInTheEnd() throws Exception {
    try (Run.Started replay = replay("--connections", "1", "--idle-timeout", "200ms");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("", client.send("0003 00").awaitEnd());
      assertEquals(1, replay.awaitStatus());
      String said = replay.stderr();
      assertTrue(said.contains(" for 0.2 s"), said);
    }
  }

  @Test
  void longPausesMayBeCut() throws Exception {
    Files.writeString(file, "0\tc2s\t000161\n3600000000\ts2c\t000162\n");
    try (Run.Started replay = replay("--connections", "1", "--max-gap", "10ms", "--speed", "2.0")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void aRecordingWhoseLastLineHasNoEndIsWarnedOfOnce() throws Exception {
    Files.writeString(file, "0\tc2s\t000161\n0\ts2c\t000162");
    try (Run.Started replay = replay("--connections", "1")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(0, replay.awaitStatus());
      String warning =
          " WARN " + file + ": the last line has no line end; it may have been cut off";
      assertEquals(
          2, (replay.stderr() + " ").split(Pattern.quote(warning)).length, replay.stderr());
    }
  }

  @Test
  void aStubAnswersInAnyOrderAndNamesWhatWasNotUsed() throws Exception {
    Files.writeString(file, "0\tc2s\t61\n0\ts2c\t62\n0\tc2s\t63\n0\ts2c\t64\n0\tc2s\t65\n");
    try (Run.Started replay =
            replay("--stub", "--strict-use", "--connections", "1", "--timing", "none");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("000164", client.send("0001 63").await(3));
      assertEquals("000162", client.send("0001 61").await(3));
      assertEquals("000164", client.send("0001 63").await(3));
      client.endSending().awaitEnd();
      assertEquals(1, replay.awaitStatus());
      List<String> summary = replay.awaitOutput();
      assertTrue(
          summary.contains("1 recorded request was never used: " + file + ":5"),
          summary.toString());
    }
  }

  @Test
  void aRuleWithoutEffectIsNamed() throws Exception {
    try (Run.Started replay = replay("--connections", "1", "--ignore", "c2s:9+1")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(0, replay.awaitStatus());
      List<String> summary = replay.awaitOutput();
      assertTrue(summary.contains("this rule never applied: ignore c2s:9+1"), summary.toString());
    }
  }

  @Test
  void aReportShowsEachSession() throws Exception {
    Path report = dir.resolve("report.json");
    try (Run.Started replay = replay("--connections", "1", "--report", report.toString())) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(0, replay.awaitStatus());
    }
    Map<?, ?> json = ReadJson.object(Files.readAllBytes(report));
    assertEquals(true, json.get("passed"));
    assertEquals("replay", json.get("command"));
    assertEquals(file.toString(), json.get("recording"));
    assertEquals(1L, json.get("matched"));
    assertEquals(1, ((List<?>) json.get("sessions")).size());
  }
}
