package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands write: to where there is no room, to readers who leave, and about strange names. */
@Timeout(60)
class OutputIT {
  private static final String NO_ROOM = "ts-proxy: stdout: found \"No space left on device\" when"
      + " writing, expected room for the output\n";

  @TempDir
  private Path dir;

  private Path a;
  private Path b;

  @BeforeEach
  void writeRecordings() throws Exception {
    a = Files.writeString(dir.resolve("a.tsv"), "0\tc2s\t61\n0\ts2c\t62\n");
    b = Files.writeString(dir.resolve("b.tsv"), "0\tc2s\t61\n0\ts2c\t63\n");
  }

  private static Stream<String> commandsThatPrint() {
    return Stream.of(
        "--help",
        "--version",
        "proxy --help",
        "inspect A",
        "inspect --entries A",
        "inspect DIR",
        "check A",
        "diff A A",
        "diff A B",
        "diff A B --json",
        "learn A B",
        "simple_server --listen 127.0.0.1:0",
        "replay --listen 127.0.0.1:0 --record A",
        "proxy --listen 127.0.0.1:0 --target 127.0.0.1:9");
  }

  private String[] args(String command) {
    String[] args = command.split(" ");
    for (int i = 0; i < args.length; i++) {
      args[i] = switch (args[i]) {
        case "A" -> a.toString();
        case "B" -> b.toString();
        case "DIR" -> dir.toString();
        default -> args[i];
      };
    }
    return args;
  }

  @ParameterizedTest
  @MethodSource("commandsThatPrint")
  void outputThatCannotBeWrittenIsAFailure(String command) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no full device");
    try (App app = App.startLimited("exec >/dev/full", args(command))) {
      assertEquals(1, app.awaitStatus());
      assertTrue(app.stderr().endsWith(NO_ROOM), app.stderr());
      assertEquals(
          1, app.stderr().lines().filter(line -> !line.contains(" INFO ")).count());
    }
  }

  @Test
  void theReplyAndTheSumThatCannotBeWrittenAreFailures() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no full device");
    try (App replay = App.start("replay", "--listen=127.0.0.1:0", "--record=" + a)) {
      InetSocketAddress address = replay.awaitListening();
      String at = "127.0.0.1:" + address.getPort();
      try (App verify =
          App.startLimited("exec >/dev/full", "verify", "--target", at, "--record", a.toString())) {
        assertEquals(1, verify.awaitStatus());
        assertTrue(verify.stderr().endsWith(NO_ROOM), verify.stderr());
      }
    }
    try (App server = App.start("simple_server", "--listen=127.0.0.1:0")) {
      String at = "127.0.0.1:" + server.awaitListening().getPort();
      try (App client = App.startLimited("exec >/dev/full", "simple_client", "--connect", at)) {
        assertEquals(1, client.awaitStatus());
        assertEquals(NO_ROOM, client.stderr());
      }
    }
  }

  @Test
  void aFileThatMayNotGrowIsAFailureAlsoInsideALine() throws Exception {
    Path out = dir.resolve("out");
    Files.writeString(a, "0\tc2s\t61\n".repeat(100));
    try (App app = App.startLimited(
        "ulimit -f 1; exec >'" + out + "'", "inspect", "--entries", a.toString())) {
      assertEquals(1, app.awaitStatus());
      assertTrue(app.stderr().startsWith("ts-proxy: stdout: found "), app.stderr());
    }
    assertEquals(1024, Files.size(out));
  }

  @Test
  void aReaderWhoLeavesIsNoFailure() throws Exception {
    Files.writeString(a, "0\tc2s\t61\n".repeat(50_000));
    try (App app = App.start("inspect", "--entries", a.toString())) {
      assertTrue(app.readFirstLineOnly().startsWith(" entry "));
      assertEquals(0, app.awaitStatus());
      assertEquals("", app.stderr());
    }
  }

  @Test
  void aDiffWhoseReaderLeavesStillSaysWhetherThereIsADifference() throws Exception {
    Files.writeString(a, "0\tc2s\t61\n".repeat(5_000));
    Files.writeString(b, "0\tc2s\t62\n".repeat(5_000));
    try (App app = App.start("diff", a.toString(), b.toString())) {
      assertTrue(app.readFirstLineOnly().contains("c2s"));
      assertEquals(1, app.awaitStatus());
      assertEquals("", app.stderr());
    }
  }

  private record Said(int status, List<String> stdout, List<String> stderr) {
    private static Said by(App app) throws Exception {
      List<String> stdout = app.awaitOutput();
      int status = app.awaitStatus();
      return new Said(status, stdout, app.stderr().lines().toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect A",
        "inspect --entries A",
        "inspect DIR",
        "check A",
        "diff A B",
        "learn A B",
        "diff A B --json",
        "inspect missing",
        "replay --bogus",
        "simple_client --count x",
        "simple_client --connect 127.0.0.1:1",
        "--help",
        "replay --help"
      })
  void theTextIsTheSameInEveryLanguage(String command) throws Exception {
    try (App english = App.startIn("en-US", args(command));
        App arabic = App.startIn("ar-EG", args(command))) {
      Said expected = Said.by(english);
      assertEquals(expected, Said.by(arabic));
    }
  }

  @Test
  void theLogAndTheNamesOfFilesAreTheSameInEveryLanguage() throws Exception {
    Path folder = dir.resolve("folder");
    try (TestTarget listening = TestTarget.start();
        App proxy = App.startIn(
            "ar-EG",
            "proxy",
            "--listen=127.0.0.1:0",
            "--header-len=2",
            "--target=127.0.0.1:" + listening.address().getPort(),
            "--record-dir=" + folder)) {
      try (TestPeer client = TestPeer.connect(proxy.awaitListening());
          TestPeer target = listening.accept()) {
        client.send("0001 61").endSending();
        target.await(3);
        target.endSending();
        client.awaitEnd();
      }
      assertEquals(0, proxy.terminate().awaitStatus());
      assertTrue(proxy.stderr().chars().allMatch(c -> c < 0x7f), proxy.stderr());
    }
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> assertTrue(
          file.getFileName().toString().chars().allMatch(c -> c < 0x7f), file.toString()));
    }
    try (App replay = App.startIn(
            "ar-EG", "replay", "--listen=127.0.0.1:0", "--header-len=2", "--record-dir=" + folder);
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      client.send("0001 62").awaitEnd();
      assertEquals(1, replay.terminate().awaitStatus());
      assertTrue(replay.stderr().contains("         0  62 "), replay.stderr());
      List<String> summary = replay.awaitOutput();
      assertTrue(summary.get(0).chars().allMatch(c -> c < 0x7f), summary.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect X",
        "inspect --entries X",
        "check X",
        "diff X Y",
        "learn X Y",
        "verify --target 127.0.0.1:1 --record X",
        "replay --listen 127.0.0.1:0 --record-dir X",
        "proxy --listen 127.0.0.1:0 --target 127.0.0.1:1 --record DIRX",
        "inspect DIRX",
        "X",
        "inspect X --X",
        "diff X Y --ignore X",
        "diff X Y --rules X",
        "learn X Z"
      })
  void whatComesFromOutsideIsShownWithoutControlCharacters(String command) throws Exception {
    String evil = dir + "/e\u001b[2J\u009b2J\r\u202e\nts-proxy: forged";
    Files.writeString(Path.of(evil), "0\tc2s\t61\n0\ts2c\t6\n");
    Files.writeString(Path.of(evil + "2"), "0\tc2s\t61\n0\ts2c\t62\n");
    Files.createDirectories(Path.of(evil + "dir"));
    Files.copy(b, Path.of(evil + "dir/\u001b[2J\nts-proxy: forged.tsv"));
    String[] args = command.split(" ");
    for (int i = 0; i < args.length; i++) {
      args[i] = args[i]
          .replace("DIRX", evil + "dir")
          .replace("X", evil)
          .replace("Y", evil + "2")
          .replace("Z", b.toString());
    }
    try (App app = App.startIn("en-US", args)) {
      String stdout = String.join("\n", app.awaitOutput()) + "\n";
      app.terminate().awaitStatus();
      for (String text : List.of(stdout, app.stderr())) {
        assertTrue(
            text.codePoints()
                .allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f || c > 0x9f && c != 0x202e),
            text);
        assertTrue(text.lines().noneMatch(line -> line.startsWith("ts-proxy: forged")), text);
      }
    }
  }

  @Test
  void aReplyIsShownWithoutControlCharacters() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App client = App.start(
            "simple_client",
            "--header-len=2",
            "--connect=127.0.0.1:" + listening.address().getPort());
        TestPeer server = listening.accept()) {
      server.await(11);
      server.send("000a 1b5b324a 0a 666f72 0d c2");
      assertEquals(List.of("echo: \\u001b[2J\\nfor\\r\ufffd"), client.awaitOutput());
      assertEquals(0, client.awaitStatus());
    }
  }
}
