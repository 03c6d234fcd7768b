package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command load where a signal ends it, and where it meets a limit of the system. */
class LoadIT {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("echo.rec");
    Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6162\n0\tc2s\t\n0\ts2c\t\n");
  }

  private String[] args(TestTarget target, int clients) {
    return new String[] {
      "load",
      "--target=127.0.0.1:" + target.address().getPort(),
      "--record=" + file,
      "--header-len=2",
      "--clients=" + clients
    };
  }

  @Test
  void aSignalEndsItWithTheResultsSoFar() throws Exception {
    try (TestTarget target = TestTarget.start();
        App load = App.start(args(target, 1));
        TestPeer peer = target.accept()) {
      peer.send(peer.await(4));
      assertEquals("0000", peer.await(2));
      assertEquals(0, load.terminate().awaitStatus(), load.stderr());
      List<String> output = load.awaitOutput();
      assertTrue(
          output.get(0).endsWith(": 0 matched, 0 mismatches, 0 errors, 1 stopped at the end"),
          output.toString());
      assertTrue(output.get(1).startsWith("requests: 2 sent ("), output.toString());
      assertTrue(output.get(1).contains("), 1 answered ("), output.toString());
    }
  }

  @Test
  void moreClientsThanDescriptorsAreRefused() throws Exception {
    try (TestTarget target = TestTarget.start();
        App load = App.startLimited("ulimit -n 200", args(target, 500))) {
      assertEquals(3, load.awaitStatus());
      String said = load.stderr();
      assertTrue(
          said.matches("ts-proxy: 500 clients need 550 file descriptors, and this process can open"
              + " only \\d+ more; raise its limit of open files \\(ulimit -n\\), or use fewer"
              + " clients\n"),
          said);
    }
  }
}
