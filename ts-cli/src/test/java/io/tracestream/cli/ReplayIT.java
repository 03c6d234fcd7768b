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
import org.junit.jupiter.api.io.TempDir;

/** The command replay where a signal ends it, and on a terminal. */
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

  private static boolean canMakeATerminal() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "script")));
  }

  private String saidOnATerminal(Map<String, String> variables) throws Exception {
    assumeTrue(canMakeATerminal(), "there is no script");
    try (App replay = App.startOnTerminal(variables, args("--connections", "1"))) {
      converse(replay, "0003beef61");
      assertEquals(1, replay.awaitStatus());
      return String.join("\n", replay.awaitOutput());
    }
  }

  @Test
  void aTerminalShowsWhatDiffersInRed() throws Exception {
    String said = saidOnATerminal(Map.of("TERM", "xterm", "NO_COLOR", ""));
    assertTrue(said.contains(RED + "be"), said);
  }

  @Test
  void aTerminalShowsNoColoursToThoseWhoWantNone() throws Exception {
    String said = saidOnATerminal(Map.of("TERM", "xterm", "NO_COLOR", "1"));
    assertTrue(said.contains("be ef 61"), said);
    assertFalse(said.matches("(?s).*\u001b\\[[0-9;]*m.*"), said);
  }

  @Test
  void aTerminalShowsFramesByTheColourOfTheirDirectionAndNoStatusLine() throws Exception {
    assumeTrue(canMakeATerminal(), "there is no script");
    String[] args = args("--connections", "1", "--show");
    try (App replay = App.startOnTerminal(Map.of("TERM", "xterm", "NO_COLOR", ""), args)) {
      converse(replay, "0003000161");
      String said = String.join("\n", replay.awaitOutput());
      assertTrue(said.contains(" 1 \u001b[36mc2s\u001b[0m        3  000161 "), said);
      assertFalse(said.contains("frames ("), said);
    }
  }

  @Test
  void aTerminalShowsWhatTheReplayIsDoing() throws Exception {
    assumeTrue(canMakeATerminal(), "there is no script");
    try (App replay = App.startOnTerminal(Map.of("TERM", "xterm"), args())) {
      replay.awaitText("0 connections, 0 frames (0/s), 0 B");
    }
  }
}
