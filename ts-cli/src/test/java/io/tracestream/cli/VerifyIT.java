package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command verify where a signal ends it, and with a log of each connection. */
class VerifyIT {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("echo.rec");
    Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6162\n0\tc2s\t\n0\ts2c\t\n");
  }

  private App verify(InetSocketAddress target, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(
        "verify", "--target", "127.0.0.1:" + target.getPort(), "--record", file.toString()));
    args.addAll(List.of("--header-len", "2"));
    args.addAll(List.of(more));
    return App.start(args.toArray(String[]::new));
  }

  @Test
  void whatMayVaryIsNoDifferenceAndEachConnectionIsLogged() throws Exception {
    Files.writeString(file, "0\tc2s\t616263\n0\ts2c\t617a63\n");
    try (TestTarget server = TestTarget.start();
        App verify = verify(server.address(), "--ignore", "s2c:1+1", "-v");
        TestPeer peer = server.accept()) {
      peer.send(peer.await(5)).awaitEnd();
      assertEquals(0, verify.awaitStatus());
      assertTrue(verify.stderr().contains(" DEBUG connection 1: connected to 127.0.0.1:"));
    }
  }

  @Test
  void aSignalEndsItWithStatusOne() throws Exception {
    try (TestTarget target = TestTarget.start();
        App verify = verify(target.address());
        TestPeer peer = target.accept()) {
      assertEquals("00026162", peer.await(4));
      assertEquals(1, verify.terminate().awaitStatus());
      assertTrue(verify.awaitOutput().get(0).startsWith("played 1: 0 matched, 0 differed, 1 inc"));
    }
  }
}
