package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.TestPeer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command replay: its rules, what it says of clients, and how it ends. */
@Timeout(60)
class ReplayIT {
  private static final String RED = "\u001b[31m";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("ids.rec");
    Files.writeString(file, "# ts_proxy recording v1\n0\tc2s\t000161\n0\ts2c\t000162\n");
  }

  private String[] args(String... more) {
    List<String> args = new ArrayList<>(List.of(
        "replay", "--listen", "127.0.0.1:0", "--record", file.toString(), "--header-len", "2"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private App replay(String... more) throws Exception {
    return App.start(args(more));
  }

  /** Sends a frame in a conversation of its own; gives all that comes. */
  private static String converse(App replay, String frame) throws Exception {
    try (TestPeer client = TestPeer.connect(replay.awaitListening())) {
      return client.send(frame).endSending().awaitEnd();
    }
  }

  @Test
  void itEndsAfterSoManyConversationsAndSumsThemUp() throws Exception {
    try (App replay = replay("--connections", "2")) {
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
              .matches("played 2: 2 matched, 0 differed, 0 incomplete; 2 entries matched;"
                  + " longest lateness [0-9.]+ ms"),
          output.toString());
    }
  }

  @Test
  void aDifferenceIsExplainedOnceAndMakesStatusOne() throws Exception {
    try (App replay = replay("--connections", "1")) {
      assertEquals("", converse(replay, "0003beef61"));
      assertEquals(1, replay.awaitStatus());
      assertTrue(replay
          .awaitOutput()
          .get(0)
          .startsWith("played 1: 0 matched, 1 differed, 0 incomplete; 0"));
      String told = replay.stderr();
      assertTrue(told.startsWith("mismatch: connection 1 with 127.0.0.1:"), told);
      assertTrue(told.contains(", c2s entry 1 of 2, " + file + ":2\n"), told);
      assertTrue(told.contains("--ignore c2s:0+2"), told);
      assertEquals(told.indexOf("mismatch:"), told.lastIndexOf("mismatch:"), told);
      assertFalse(told.contains("\u001b"), told);
      assertFalse(told.contains("\tat "), told);
    }
  }

  @Test
  void aSignalBeforeAllConversationsMakesStatusOne() throws Exception {
    try (App replay = replay("--connections", "2")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(1, replay.terminate().awaitStatus());
      assertTrue(replay.awaitOutput().get(0).startsWith("played 1: 1 matched, "));
    }
  }

  @Test
  void aSignalWithoutACountMakesStatusNought() throws Exception {
    try (App replay = replay()) {
      replay.awaitListening();
      assertEquals(0, replay.terminate().awaitStatus());
      assertTrue(replay.awaitOutput().get(0).startsWith("played 0: "));
    }
  }

  @Test
  void aSignalInTheMiddleOfASessionMakesStatusOne() throws Exception {
    Files.writeString(
        file, "# ts_proxy recording v1\n0\ts2c\t000162\n0\tc2s\t000161\n0\ts2c\t000162\n");
    try (App replay = replay();
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("0003000162", client.await(5));
      assertEquals(1, replay.terminate().awaitStatus());
      assertTrue(
          replay.awaitOutput().get(0).startsWith("played 1: 0 matched, 0 differed, 1 incomplete"));
    }
  }

  @Test
  void rulesOfAFileAndOfFlagsHoldTogether() throws Exception {
    Files.writeString(file, "# ts_proxy recording v1\n0\tc2s\t0001617a\n0\ts2c\t000162\n");
    Path rules = Files.writeString(
        dir.resolve("ids.rules"), "\ufeff# ids\r\n--copy 'c2s:0+2->s2c:0+2' # the request's\r\n");
    try (App replay =
        replay("--connections", "1", "--rules", rules.toString(), "--ignore", "c2s:-1+1")) {
      assertEquals("0003beef62", converse(replay, "0004beef61ff"));
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void aWrongRulesFileIsToldBeforeAnythingStarts() throws Exception {
    Path rules = Files.writeString(dir.resolve("ids.rules"), "# ids\nignore c2s:-1+2\n");
    try (App replay = replay("--rules", rules.toString())) {
      assertEquals(2, replay.awaitStatus());
      assertEquals(List.of(), replay.awaitOutput());
      assertEquals(
          "ts-proxy: " + rules
              + ":2: \"c2s:-1+2\": it goes beyond the payload's end; the length may be at"
              + " most 1 here; see ts_proxy replay --help\n",
          replay.stderr());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--connections=0 | --connections: found 0, expected a whole number from 1 to 2147483647",
        "--idle-timeout=0s | --idle-timeout: found 0s, expected more than 0",
        "--idle-timeout=10 | --idle-timeout: found \"10\", expected a time such as 500ms, 10s, 2m or 1h",
        "--speed=0 | --speed: found \"0\", expected a number above 0, such as 2.0",
        "--speed=fast | --speed: found \"fast\", expected a number above 0, such as 2.0",
        "--max-gap=-1s | --max-gap: found \"-1s\", expected a time such as 500ms, 10s, 2m or 1h",
        "--context=-1 | --context: found -1, expected a whole number from 0 to 1000000",
        "--timing=none --speed=2 | --speed is only valid with --timing original:"
            + " with none there are no pauses",
        "--ignore=c2s | --ignore: \"c2s\": not a field; write direction, offset and length, such as"
            + " c2s:4+2, or s2c:-8+4 to count from the payload's end",
        "--copy=c2s:0+2->c2s:0+2 | --copy: \"c2s:0+2->c2s:0+2\": a copy goes from one direction to the"
            + " other",
      })
  void aWrongValueIsToldInALine(String more, String message) throws Exception {
    try (App replay = replay(more.split(" "))) {
      assertEquals(2, replay.awaitStatus());
      assertEquals("ts-proxy: " + message + "; see ts_proxy replay --help\n", replay.stderr());
    }
  }

  @Test
  void aClientThatSendsNothingEndsTheReplayInTheEnd() throws Exception {
    try (App replay = replay("--connections", "1", "--idle-timeout", "200ms");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("", client.send("0003 00").awaitEnd());
      assertEquals(1, replay.awaitStatus());
      String told = replay.stderr();
      assertTrue(told.contains("and nothing more for 0.2 s, expected a frame of 3 bytes"), told);
    }
  }

  @Test
  void longPausesMayBeCut() throws Exception {
    Files.writeString(file, "0\tc2s\t000161\n3600000000\ts2c\t000162\n");
    try (App replay = replay("--connections", "1", "--max-gap", "10ms", "--speed", "2.0")) {
      assertEquals("0003000162", converse(replay, "0003000161"));
      assertEquals(0, replay.awaitStatus());
    }
  }

  private static boolean canMakeATerminal() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "script")));
  }

  private String toldOnATerminal(Map<String, String> variables) throws Exception {
    assumeTrue(canMakeATerminal(), "there is no script");
    try (App replay = App.startOnTerminal(variables, args("--connections", "1"))) {
      converse(replay, "0003beef61");
      assertEquals(1, replay.awaitStatus());
      return String.join("\n", replay.awaitOutput());
    }
  }

  @Test
  void aTerminalShowsWhatDiffersInRed() throws Exception {
    String told = toldOnATerminal(Map.of("TERM", "xterm", "NO_COLOR", ""));
    assertTrue(told.contains(RED + "be"), told);
  }

  @Test
  void aTerminalShowsNoColoursToThoseWhoWantNone() throws Exception {
    String told = toldOnATerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"));
    assertTrue(told.contains("be ef 61"), told);
    assertFalse(told.contains("\u001b"), told);
  }
}
