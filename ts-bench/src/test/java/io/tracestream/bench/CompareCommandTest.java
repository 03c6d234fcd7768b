package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  @TempDir
  Path dir;

  private String jar;

  @BeforeEach
  void makeAJar() throws Exception {
    jar = Files.createFile(dir.resolve("ts-proxy.jar")).toString();
  }

  @Test
  void eachWrongValueIsSaidInOneLine() {
    assertRefused("--rounds: found 0, expected at least 1", "--rounds", "0");
    assertRefused("--scale: found 0.0, expected a number above 0, up to 1", "--scale", "0");
    assertRefused("--scale: found 2.0, expected a number above 0, up to 1", "--scale", "2");
    assertRefused("--jobs: found \"tea\", expected some of flood,", "--jobs", "flood,tea");
    assertRefused(
        "--peers: found \"tea\", expected some of direct,ts",
        "--jobs",
        "ping1",
        "--peers",
        "direct,tea");
    assertRefused("--jar: found no file \"none.jar\"", "--jar", "none.jar");
    assertRefused("Unknown option: '--quick'", "--quick");
  }

  @Test
  void oneJobWithoutAnyProxyPrintsItsTable() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(
        0,
        CompareCommand.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            "--jar",
            jar,
            "--jobs",
            "ping1",
            "--peers",
            "direct",
            "--rounds",
            "1",
            "--scale",
            "0.001"));
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains(" cores, "), text);
    assertTrue(text.contains("| ping1 | direct |"), text);
  }

  private void assertRefused(String message, String... args) {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(log, true, StandardCharsets.UTF_8);
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("--jar")) {
      all.addAll(List.of("--jar", jar));
    }
    assertEquals(2, CompareCommand.run(stream, stream, all.toArray(new String[0])));
    List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
    // Lines before it say what this machine lacks.
    assertTrue(lines.get(lines.size() - 1).startsWith("ts-bench: " + message), lines::toString);
  }
}
