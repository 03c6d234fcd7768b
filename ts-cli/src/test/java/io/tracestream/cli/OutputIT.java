package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How the real jar writes: to where there is no room, to readers who leave, and with little memory.
 */
class OutputIT {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir
  private Path dir;

  private TwoFiles files;

  @BeforeEach
  void writeRecordings() throws Exception {
    files = TwoFiles.in(dir);
  }

  private static String noRoom() {
    return "ts-proxy: stdout: cannot write: " + SystemText.of(() -> Files.write(FULL, new byte[1]))
        + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect A",
        "simple_server --listen 127.0.0.1:0",
        "replay --listen 127.0.0.1:0 --record A",
        "proxy --listen 127.0.0.1:0 --target 127.0.0.1:9"
      })
  void outputThatCannotBeWrittenIsAFailure(String command) throws Exception {
    assumeTrue(Files.exists(FULL), "there is no full device");
    try (App app = App.startLimited("exec >/dev/full", files.args(command))) {
      assertEquals(1, app.awaitStatus());
      assertTrue(app.stderr().endsWith(noRoom()), app.stderr());
      assertEquals(
          1, app.stderr().lines().filter(line -> !line.contains(" INFO ")).count());
    }
  }

  @Test
  void aServerThatHasGivenUpOnAReaderStillEndsWhenItsLineCannotBeWritten() throws Exception {
    try (App app = App.startMain(FailLate.class)) {
      assertEquals(1, app.awaitStatus());
      assertEquals("ts-proxy: stdout: cannot write: no room\n", app.stderr());
    }
  }

  @Test
  void aServerThatCannotBeStoppedStillEnds() throws Exception {
    try (App app = App.startMain(StopForEver.class)) {
      app.awaitListening();
      assertEquals(1, app.terminate().awaitStatus());
      assertEquals(
          "ts-proxy: stopping took longer than 1300 ms: a disk may be stuck, or the machine too"
              + " busy\n",
          app.stderr());
    }
  }

  @Test
  void aFileThatMayNotGrowIsAFailureAlsoInsideALine() throws Exception {
    Path out = dir.resolve("out");
    Files.writeString(files.a(), "0\tc2s\t61\n".repeat(100));
    try (App app = App.startLimited(
        "ulimit -f 1; exec >'" + out + "'", "inspect", "--entries", files.a().toString())) {
      assertEquals(1, app.awaitStatus());
      assertTrue(app.stderr().startsWith("ts-proxy: stdout: cannot write: "), app.stderr());
    }
    assertEquals(1024, Files.size(out));
  }

  @Test
  void aReaderWhoLeavesIsNoFailure() throws Exception {
    Files.writeString(files.a(), "0\tc2s\t61\n".repeat(50_000));
    try (App app = App.start("inspect", "--entries", files.a().toString())) {
      assertTrue(app.readFirstLineOnly().startsWith(" entry "));
      assertEquals(0, app.awaitStatus());
      assertEquals("", app.stderr());
    }
  }

  @Test
  void aDiffWhoseReaderLeavesStillSaysWhetherThereIsADifference() throws Exception {
    Files.writeString(files.a(), "0\tc2s\t61\n".repeat(5_000));
    Files.writeString(files.b(), "0\tc2s\t62\n".repeat(5_000));
    try (App app = App.start("diff", files.a().toString(), files.b().toString())) {
      assertTrue(app.readFirstLineOnly().contains("c2s"));
      assertEquals(1, app.awaitStatus());
      assertEquals("", app.stderr());
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
            "ar-EG",
            "replay",
            "--listen=127.0.0.1:0",
            "--header-len=2",
            "--connections=1",
            "--record-dir=" + folder);
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      client.send("0001 62").awaitEnd();
      assertEquals(1, replay.awaitStatus());
      assertTrue(replay.stderr().contains("         0  62 "), replay.stderr());
      List<String> summary = replay.awaitOutput();
      assertTrue(summary.get(0).chars().allMatch(c -> c < 0x7f), summary.get(0));
    }
  }

  @Test
  void aLargeRecordingNeedsLittleMemory() throws Exception {
    Path file = dir.resolve("large.rec");
    try (Writer writer = Files.newBufferedWriter(file)) {
      writer.write("# ts_proxy recording v1\n");
      String payload = "6a".repeat(10_000) + "\n";
      for (int i = 0; i < 1_500; i++) {
        writer.write(i + (i % 2 == 0 ? "\tc2s\t" : "\ts2c\t") + payload);
      }
    }
    String limits = "export JAVA_TOOL_OPTIONS=-Xmx24m";
    Path out = dir.resolve("b.rec");
    for (String args : List.of("inspect", "inspect --entries", "check", "check --repair " + out)) {
      String[] words = (args + " " + file).split(" ");
      try (App app = App.startLimited(limits, words)) {
        assertFalse(app.awaitOutput().isEmpty());
        assertEquals(0, app.awaitStatus(), app.stderr());
      }
    }
    assertEquals(-1, Files.mismatch(file, out));
  }

  @Test
  void stdoutIsNoPlaceForARecording() throws Exception {
    String command = "proxy --listen 127.0.0.1:0 --target 127.0.0.1:1 --record /dev/stdout";
    for (String stdout : List.of("true", "exec >'" + dir.resolve("out") + "'")) {
      try (App proxy = App.startLimited(stdout, command.split(" "))) {
        assertEquals(3, proxy.awaitStatus());
        assertEquals(
            "ts-proxy: --record: /dev/stdout is where stdout goes; choose another name\n",
            proxy.stderr());
      }
    }
  }
}
