package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
  @TempDir
  Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private int run(String... args) {
    return ReplayCommand.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(log, true, StandardCharsets.UTF_8),
        args);
  }

  @Test
  void eachWrongValueIsSaidInOneLine() {
    assertEquals(2, run("--mib", "0"));
    assertEquals(2, run("--rounds", "0"));
    assertEquals(2, run("--jar", "none.jar"));
    assertEquals(2, run("--quick"));
    assertEquals("""
        ts-bench: --mib: found 0, expected at least 1; see replay --help
        ts-bench: --rounds: found 0, expected at least 1; see replay --help
        ts-bench: --jar: found no file "none.jar", expected a built ts-proxy.jar; see replay --help
        ts-bench: Unknown option: '--quick'; see replay --help
        """, log.toString(StandardCharsets.UTF_8));
  }

  @Test
  void whatAReplayCannotBeQuickerThanIsMeasuredThoughTheReplayFails() throws Exception {
    String noJar = Files.createFile(dir.resolve("ts-proxy.jar")).toString();
    assertEquals(1, run("--mib", "1", "--rounds", "1", "--jar", noJar));
    String table = out.toString(StandardCharsets.UTF_8);
    for (String job : new String[] {"replay 64 B   ", "replay 1024 B ", "replay 10240 B"}) {
      for (String what : new String[] {"sockets", "parse  ", "read   ", "memcpy "}) {
        assertTrue(table.contains("| " + job + " | " + what + " |"), table);
      }
    }
    String said = log.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains("ts: found its end with status 1, expected it to listen"), said);
  }
}
