package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the user sees of the commands for captures. */
@ResourceLock(Resources.SYSTEM_ERR)
class CaptureCommandsTest {
  @TempDir
  private Path dir;

  @Test
  void aFileThatIsNoCaptureIsRefusedInOneLine() throws Exception {
    Path file = Files.writeString(dir.resolve("a.pcap"), "GET / HTTP/1.1\r\n\r\n");
    Run run = Run.of("import", file.toString(), "--port", "80", "--out", dir + "/out");
    assertEquals(
        "ts-proxy: " + file + ": is not a pcap or pcapng capture: it begins with 0x47455420",
        run.stderr().strip());
    assertEquals(3, run.status());
    assertTrue(Files.notExists(dir.resolve("out")));
  }

  @Test
  void aPortOutOfRangeIsWrongUsage() {
    Run run = Run.of("import", "a.pcap", "--port", "65536", "--out", "x.rec");
    assertEquals(2, run.status());
    assertTrue(run.stderr().contains("--port"), run.stderr());
  }

  @Test
  void aCaptureWithoutTheConnectionSaysSo() throws Exception {
    Path file = dir.resolve("a.pcap");
    Files.write(
        file,
        java.util.HexFormat.of()
            .parseHex("a1b2c3d4" + "00020004" + "00000000" + "00000000" + "0000ffff" + "00000001"));
    Run run = Run.of("import", file.toString(), "--port", "80", "--out", dir.resolve("x.rec") + "");
    assertEquals(
        "ts-proxy: " + file + ": found no connection to port 80 in 0 packets; no connection begins"
            + " in it",
        run.stderr().strip());
    assertEquals(List.of(), run.stdout());
    assertEquals(1, run.status());
  }
}
