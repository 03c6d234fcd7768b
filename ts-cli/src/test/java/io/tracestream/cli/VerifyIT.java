package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.SystemText;
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

/** The command verify: its statuses, and what it says of targets. */
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
    args.addAll(List.of(more));
    return App.start(args.toArray(String[]::new));
  }

  @Test
  void aServerThatAnswersAsItWasRecordedMakesStatusNought() throws Exception {
    try (App server = App.start("simple_server", "--listen", "127.0.0.1:0");
        App verify = verify(server.awaitListening())) {
      assertEquals(0, verify.awaitStatus());
      String output = String.join("\n", verify.awaitOutput());
      assertTrue(
          output.startsWith("played 1: 1 matched, 0 differed, 0 incomplete; 2 entries matched, "),
          output);
    }
  }

  @Test
  void anotherAnswerMakesStatusOneAndIsExplained() throws Exception {
    Files.writeString(file, "0\tc2s\t616263\n0\ts2c\t617a63\n");
    try (App server = App.start("simple_server", "--listen", "127.0.0.1:0");
        App verify = verify(server.awaitListening())) {
      assertEquals(1, verify.awaitStatus());
      assertTrue(verify.awaitOutput().get(0).startsWith("played 1: 0 matched, 1 differed, "));
      String said = verify.stderr();
      assertTrue(said.contains(", s2c entry 2 of 2, " + file + ":2\n"), said);
      assertTrue(said.contains("--ignore s2c:1+1"), said);
      assertFalse(said.contains("\u001b"), said);
    }
  }

  @Test
  void whatMayVaryIsNoDifference() throws Exception {
    Files.writeString(file, "0\tc2s\t616263\n0\ts2c\t617a63\n");
    try (App server = App.start("simple_server", "--listen", "127.0.0.1:0");
        App verify = verify(server.awaitListening(), "--ignore", "s2c:1+1", "-v")) {
      assertEquals(0, verify.awaitStatus());
      assertTrue(verify.stderr().contains(" DEBUG connection 1: connected to 127.0.0.1:"));
    }
  }

  @Test
  void aServerThatSaysNothingDoesNotHoldItUp() throws Exception {
    try (TestTarget target = TestTarget.start();
        App verify = verify(target.address(), "--header-len", "2", "--reply-timeout", "300ms");
        TestPeer peer = target.accept()) {
      assertEquals("00026162", peer.awaitEnd());
      assertEquals(1, verify.awaitStatus());
      String said = verify.stderr();
      assertTrue(said.contains("nothing came for 0.3 s; expected a frame of 2 bytes\n"), said);
    }
  }

  @Test
  void aSignalEndsItWithStatusOne() throws Exception {
    try (TestTarget target = TestTarget.start();
        App verify = verify(target.address(), "--header-len", "2");
        TestPeer peer = target.accept()) {
      assertEquals("00026162", peer.await(4));
      assertEquals(1, verify.terminate().awaitStatus());
      assertTrue(verify.awaitOutput().get(0).startsWith("played 1: 0 matched, 0 differed, 1 inc"));
    }
  }

  @Test
  void aServerThatIsNotThereMakesStatusOne() throws Exception {
    try (App verify = verify(new InetSocketAddress("127.0.0.1", 1))) {
      assertEquals(1, verify.awaitStatus());
      assertEquals(
          "ts-proxy: target 127.0.0.1:1 cannot be reached: " + SystemText.connectionRefused()
              + "; start the server or correct --target\n",
          verify.stderr());
    }
  }
}
