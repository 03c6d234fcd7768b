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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The command verify: its statuses, and what it says of targets. */
@ResourceLock(Resources.SYSTEM_ERR)
class VerifyTest {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void writeTheRecording() throws Exception {
    file = dir.resolve("echo.rec");
    Files.writeString(file, "0\tc2s\t6162\n0\ts2c\t6162\n0\tc2s\t\n0\ts2c\t\n");
  }

  private Run.Started verify(InetSocketAddress target, String... more) {
    List<String> args = new ArrayList<>(List.of(
        "verify", "--target", "127.0.0.1:" + target.getPort(), "--record", file.toString()));
    args.addAll(List.of("--header-len", "2"));
    args.addAll(List.of(more));
    return Run.start(args.toArray(String[]::new));
  }

  /** Sends the frames of one client back until it ends. */
  private static void echo(TestTarget server, int... lengths) throws Exception {
    try (TestPeer client = server.accept()) {
      for (int length : lengths) {
        client.send(client.await(2 + length));
      }
      client.awaitEnd();
    }
  }

  @Test
  void framesAreShownAsTheyPass() throws Exception {
    try (TestTarget server = TestTarget.start();
        Run.Started verify = verify(server.address(), "--show=full")) {
      echo(server, 2, 0);
      List<String> output = verify.awaitOutput();
      assertEquals("           time    conn dir    bytes", output.get(0));
      assertTrue(output.get(1).endsWith(" 1 c2s        2"), output.get(1));
      assertEquals(
          "  hex            0  61 62                                            ab", output.get(2));
      assertTrue(output.get(3).endsWith(" 1 s2c        2"), output.get(3));
      assertTrue(output.get(output.size() - 1).startsWith("played 1: 1 matched"));
    }
  }

  @Test
  void aServerThatAnswersAsItWasRecordedMakesStatusNought() throws Exception {
    try (TestTarget server = TestTarget.start();
        Run.Started verify = verify(server.address())) {
      echo(server, 2, 0);
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
    try (TestTarget server = TestTarget.start();
        Run.Started verify = verify(server.address())) {
      echo(server, 3);
      assertEquals(1, verify.awaitStatus());
      assertTrue(verify.awaitOutput().get(0).startsWith("played 1: 0 matched, 1 differed, "));
      String said = verify.stderr();
      assertTrue(said.contains(", s2c entry 2 of 2, " + file + ":2\n"), said);
      assertTrue(said.contains("--ignore s2c:1+1"), said);
      assertFalse(said.contains("\u001b"), said);
    }
  }

  @Test
  void aServerThatSaysNothingDoesNotHoldItUp() throws Exception {
    try (TestTarget target = TestTarget.start();
        Run.Started verify = verify(target.address(), "--reply-timeout", "300ms");
        TestPeer peer = target.accept()) {
      assertEquals("00026162", peer.awaitEnd());
      assertEquals(1, verify.awaitStatus());
      String said = verify.stderr();
      assertTrue(said.contains("nothing came for 0.3 s; expected a frame of 2 bytes\n"), said);
    }
  }

  @Test
  void aServerThatIsNotThereMakesStatusOne() throws Exception {
    try (Run.Started verify = verify(new InetSocketAddress("127.0.0.1", 1))) {
      assertEquals(1, verify.awaitStatus());
      assertEquals(
          "ts-proxy: target 127.0.0.1:1 cannot be reached: " + SystemText.connectionRefused()
              + "; start the target or correct its address\n",
          verify.stderr());
    }
  }

  @Test
  void aReportShowsTheServersMismatch() throws Exception {
    Files.writeString(file, "0\tc2s\t6869\n0\ts2c\t686f\n");
    Path report = dir.resolve("report.json");
    try (TestTarget server = TestTarget.start();
        Run.Started verify = verify(server.address(), "--report", report.toString())) {
      echo(server, 2);
      assertEquals(1, verify.awaitStatus());
    }
    Map<?, ?> json = ReadJson.object(Files.readAllBytes(report));
    Map<?, ?> session = (Map<?, ?>) ((List<?>) json.get("sessions")).get(0);
    Map<?, ?> mismatch = (Map<?, ?>) session.get("mismatch");
    assertEquals("verify", json.get("command"));
    assertEquals("s2c", mismatch.get("direction"));
    assertEquals("686f", ((Map<?, ?>) mismatch.get("expected")).get("hex"));
    assertEquals("6869", ((Map<?, ?>) mismatch.get("found")).get("hex"));
  }
}
