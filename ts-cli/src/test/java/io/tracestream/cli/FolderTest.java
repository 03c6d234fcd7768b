package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Folders of recordings, in the commands that read them. Each conversation is one echo. */
@ResourceLock(Resources.SYSTEM_ERR)
class FolderTest {
  @TempDir
  private Path dir;

  @BeforeEach
  void writeTheRecordings() throws IOException {
    Files.writeString(dir.resolve("1.tsv"), "0\tc2s\t61\n0\ts2c\t61\n");
    Files.writeString(dir.resolve("2.tsv"), "0\tc2s\t62\n0\ts2c\t62\n");
  }

  private Run.Started replay(String... more) {
    List<String> args = new ArrayList<>(
        List.of("replay", "--listen", "127.0.0.1:0", "--header-len", "2", "--record-dir"));
    args.add(dir.toString());
    args.addAll(List.of(more));
    return Run.start(args.toArray(String[]::new));
  }

  private static String echo(TestPeer client, String frame) throws IOException {
    try (client) {
      return client.send(frame).endSending().awaitEnd();
    }
  }

  @Test
  void theFramesOfAConnectionChooseItsConversation() throws Exception {
    try (Run.Started replay = replay("--select", "match", "--connections", "2")) {
      var address = replay.awaitListening();
      assertEquals("000162", echo(TestPeer.connect(address), "0001 62"));
      assertEquals("000161", echo(TestPeer.connect(address), "0001 61"));
      String summary = String.join("\n", replay.awaitOutput());
      assertTrue(summary.startsWith("played 2: 2 matched, "), summary);
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void aConnectionTooManyFailsTheReplayAndIsExplained() throws Exception {
    try (Run.Started replay = replay("--connections", "3")) {
      var address = replay.awaitListening();
      assertEquals("000161", echo(TestPeer.connect(address), "0001 61"));
      assertEquals("000162", echo(TestPeer.connect(address), "0001 62"));
      assertEquals("", echo(TestPeer.connect(address), "0001 61"));
      replay.awaitStderr("this connection is one too many: all 2 conversations have been played");
      assertEquals(1, replay.awaitStatus());
    }
  }

  @Test
  void whatWasNotPlayedIsCounted() throws Exception {
    try (Run.Started replay = replay("--connections", "1")) {
      assertEquals("000161", echo(TestPeer.connect(replay.awaitListening()), "0001 61"));
      String summary = String.join("\n", replay.awaitOutput());
      assertTrue(summary.contains(", 1 not played; "), summary);
    }
  }

  @Test
  void aServerIsVerifiedByAllConversations() throws Exception {
    try (TestTarget server = TestTarget.start();
        Run.Started verify = Run.start(
            "verify",
            "--target",
            "127.0.0.1:" + server.address().getPort(),
            "--header-len",
            "2",
            "--record-dir",
            dir.toString())) {
      for (int i = 0; i < 2; i++) {
        try (TestPeer client = server.accept()) {
          client.send(client.await(3)).awaitEnd();
        }
      }
      String summary = String.join("\n", verify.awaitOutput());
      assertTrue(summary.startsWith("played 2: 2 matched, "), summary);
      assertEquals(0, verify.awaitStatus());
    }
  }

  /** A logon that gives a token, and another connection that uses it. */
  private Path tokens(String name, String token) throws IOException {
    Path folder = Files.createDirectories(dir.resolve(name));
    Files.writeString(folder.resolve("1.tsv"), "0\tc2s\t01\n0\ts2c\t02" + token + "\n");
    Files.writeString(folder.resolve("2.tsv"), "0\tc2s\t03" + token + "\n0\ts2c\t04\n");
    return folder;
  }

  @Test
  void aTokenIsLearnedFromFoldersAndUsedOnAnotherConnection() throws Exception {
    Path monday = tokens("monday", "1122334455667788");
    Path tuesday = tokens("tuesday", "a1a2a3a4a5a6a7a8");
    Run learn = Run.of("learn", monday.toString(), tuesday.toString());
    assertEquals(0, learn.status(), learn.stderr());
    assertTrue(learn.stdout().contains("copy s2c:1+8->c2s:1+8 across"), learn.stdout()::toString);
    Path rules = Files.write(dir.resolve("learned.rules"), learn.stdout());
    try (TestTarget server = TestTarget.start();
        Run.Started verify = Run.start(
            "verify",
            "--target",
            "127.0.0.1:" + server.address().getPort(),
            "--header-len",
            "2",
            "--record-dir",
            monday.toString(),
            "--rules",
            rules.toString())) {
      try (TestPeer logon = server.accept()) {
        logon.await(3);
        logon.send("0009 02c1c2c3c4c5c6c7c8").awaitEnd();
      }
      try (TestPeer use = server.accept()) {
        assertEquals("000903c1c2c3c4c5c6c7c8", use.await(11));
        use.send("0001 04").awaitEnd();
      }
      String summary = String.join("\n", verify.awaitOutput());
      assertTrue(summary.startsWith("played 2: 2 matched, "), summary);
      assertEquals(0, verify.awaitStatus());
    }
  }

  @Test
  void inspectShowsALineForEachConversation() {
    Run inspect = Run.of("inspect", dir.toString());
    List<String> lines = inspect.stdout();
    assertEquals(3, lines.size());
    assertTrue(lines.get(1).endsWith("  " + dir.resolve("1.tsv")), lines.get(1));
    assertEquals(0, inspect.status());
  }

  @Test
  void inspectNamesTheFramingOfARecordingAndOfAFolder() throws Exception {
    Path file = Files.writeString(
        Files.createDirectory(dir.resolve("framed")).resolve("a.tsv"),
        "# framing length=3,order=little,adjust=1\n0\tc2s\t0003\n");
    String framing = "framing: length=3,order=little,adjust=1 (mysql)";
    assertEquals(framing, Run.of("inspect", file.toString()).stdout().get(1));
    assertEquals(
        framing, Run.of("inspect", file.getParent().toString()).stdout().get(2));
  }

  @Test
  void damageInOneConversationHidesNoOther() throws Exception {
    Files.writeString(dir.resolve("1.tsv"), "0\tc2s\t61\n0\ts2x\t61\n");
    Run inspect = Run.of("inspect", dir.toString());
    assertEquals(3, inspect.stdout().size());
    assertEquals(1, inspect.status());
    assertTrue(inspect.stderr().contains("1.tsv:2: direction: "), inspect.stderr());
  }

  @Test
  void aFolderWithoutRecordingsIsRefusedAtTheStart() throws Exception {
    Files.delete(dir.resolve("1.tsv"));
    Files.delete(dir.resolve("2.tsv"));
    try (Run.Started replay = replay()) {
      assertEquals(3, replay.awaitStatus());
      assertTrue(replay.stderr().startsWith("ts-proxy: " + dir + ": contains no recording,"));
    }
  }
}
