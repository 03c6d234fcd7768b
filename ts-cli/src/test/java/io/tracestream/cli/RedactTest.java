package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the user sees of recordings that were redacted. */
@ResourceLock(Resources.SYSTEM_ERR)
class RedactTest {
  private static final String RECORDING =
      "# ts_proxy recording v1\n# redact c2s:1+2\n1\tc2s\t012a2a\n2\ts2c\t09\n";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.tsv");
  }

  private static String usageError(String... args) {
    Run run = Run.of(args);
    assertEquals(2, run.status());
    return run.stderr().lines().findFirst().orElse("");
  }

  private static String[] proxy(String... more) {
    List<String> args =
        new ArrayList<>(List.of("proxy", "--listen", "127.0.0.1:0", "--target", "127.0.0.1:1"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  @Test
  void aReplayLeavesOpenWhatWasRedactedAndSaysSo() throws Exception {
    Files.writeString(file, RECORDING);
    try (Run.Started replay = Run.replay(file, "--header-len", "2", "--connections", "1")) {
      try (TestPeer client = TestPeer.connect(replay.awaitListening())) {
        assertEquals("000109", client.send("0003 01aabb").endSending().awaitEnd());
      }
      String summary = String.join("\n", replay.awaitOutput());
      assertTrue(summary.contains("1 bytes compared, 2 left open by rules"), summary);
      assertTrue(
          summary.contains(
              "note: redacted when it was recorded, so these bytes are not compared:" + " c2s:1+2"),
          summary);
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void verifySaysItToo() throws Exception {
    Files.writeString(file, RECORDING.replace("# redact", "# redact s2c:0+1\n# redact"));
    try (TestTarget listening = TestTarget.start();
        Run.Started verify = Run.start(
            "verify",
            "--target",
            "127.0.0.1:" + listening.address().getPort(),
            "--record",
            file.toString(),
            "--header-len",
            "2");
        TestPeer target = listening.accept()) {
      assertEquals("0003012a2a", target.await(5));
      target.send("0002 0102").endSending();
      String summary = String.join("\n", verify.awaitOutput());
      assertTrue(summary.contains("compared: s2c:0+1, c2s:1+2"), summary);
    }
  }

  @Test
  void inspectAndDiffNameTheFields() throws Exception {
    Files.writeString(file, RECORDING);
    Path other = Files.writeString(dir.resolve("b.tsv"), "1\tc2s\t010203\n2\ts2c\t09\n");
    assertEquals(
        "redacted: c2s:1+2", Run.of("inspect", file.toString()).stdout().get(1));
    List<String> folder = Run.of("inspect", dir.toString()).stdout();
    assertTrue(folder.contains("redacted: c2s:1+2"), folder.toString());
    Run diff = Run.of("diff", file.toString(), other.toString());
    assertEquals(0, diff.status());
    assertEquals(
        "redacted when it was recorded, so not compared: c2s:1+2",
        diff.stdout().get(diff.stdout().size() - 1));
    Run json = Run.of("diff", file.toString(), other.toString(), "--json");
    assertTrue(json.stdout().toString().contains("\"redact\""), json.stdout().toString());
  }

  @Test
  void whatCannotBeRedactedIsRefusedAtTheStart() {
    assertEquals(
        "ts-proxy: --redact is only valid with --record or --record-dir; see ts-proxy proxy --help",
        usageError(proxy("--redact", "c2s:0+1")));
    assertTrue(
        usageError(proxy("--record", file.toString(), "--redact", "c2s")).contains("--redact"));
    String ascii =
        usageError(proxy("--record", file.toString(), "--redact", "c2s[0=\"\u00e9\"]:0+1"));
    assertTrue(ascii.contains("is not ASCII; write these bytes as hex"), ascii);
    assertTrue(Files.notExists(file));
  }
}
