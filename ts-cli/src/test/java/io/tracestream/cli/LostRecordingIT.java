package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording that is taken away while it is recorded ends the proxy, also while it is idle. */
@ResourceLock(Resources.SYSTEM_ERR)
class LostRecordingIT {
  @TempDir
  private Path dir;

  private static String[] proxyTo(InetSocketAddress target, String... options) {
    return Stream.concat(
            Stream.of(
                "proxy",
                "--listen",
                "127.0.0.1:0",
                "--header-len",
                "2",
                "--target",
                "127.0.0.1:" + target.getPort()),
            Stream.of(options))
        .toArray(String[]::new);
  }

  private static void lose(Path file, String how) throws IOException {
    switch (how) {
      case "deleted" -> Files.delete(file);
      case "truncated" -> Files.writeString(file, "");
      default -> {
        Files.delete(file);
        Files.writeString(file, "another file");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deleted", "truncated", "replaced"})
  void theFileOfAProxyWithoutAClient(String how) throws Exception {
    Path file = dir.resolve("a.rec");
    try (Run.Started proxy =
        Run.start(proxyTo(new InetSocketAddress("127.0.0.1", 1), "--record", file.toString()))) {
      proxy.awaitListening();
      lose(file, how);
      assertEquals(1, proxy.awaitStatus());
      assertTrue(proxy.stderr().contains(file + ": was " + how), proxy.stderr());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deleted", "truncated", "replaced"})
  void oneOfTheFilesOfAFolder(String how) throws Exception {
    try (TestTarget listening = TestTarget.start();
        Run.Started proxy =
            Run.start(proxyTo(listening.address(), "--record-dir", dir.toString()));
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0001 61");
      target.awaitBytes(3);
      List<Path> files;
      try (Stream<Path> found = Files.list(dir)) {
        files = found.toList();
      }
      assertEquals(1, files.size());
      lose(files.get(0), how);
      assertEquals(1, proxy.awaitStatus());
      assertTrue(proxy.stderr().contains(files.get(0) + ": was " + how), proxy.stderr());
    }
  }

  @Test
  void aReplayGoesOnPlayingTheRecordingThatAProxyReplaces() throws Exception {
    Path file = dir.resolve("a.rec");
    Files.writeString(file, "# ts_proxy recording v1\n0\tc2s\t61\n0\ts2c\t62\n");
    try (Run.Started replay = Run.replay(file, "--header-len", "2", "--connections", "1")) {
      InetSocketAddress address = replay.awaitListening();
      try (App proxy =
          App.start(proxyTo(new InetSocketAddress("127.0.0.1", 1), "--record", file.toString()))) {
        proxy.awaitListening();
        try (TestPeer client = TestPeer.connect(address)) {
          client.send("0001 61");
          assertEquals("000162", client.await(3));
        }
        assertEquals(0, replay.awaitStatus());
      }
    }
  }
}
