package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineTest {
  @TempDir
  private Path dir;

  @Test
  void aStartThatFailsForWantOfDescriptorsLeavesNoneOpen() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to set a limit");
    Path output = dir.resolve("output");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child = new ProcessBuilder(
            "/bin/sh",
            "-c",
            "ulimit -n 60 && exec \"$0\" -Xshare:auto -cp \"$1\" \"$2\"",
            java,
            System.getProperty("java.class.path"),
            StartUntilThatWorks.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      child.waitFor();
    } finally {
      child.destroyForcibly();
    }
    assertEquals(List.of("started"), Files.readAllLines(output));
  }
}
