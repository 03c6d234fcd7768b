package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user sees of each command without a conversation: help, mistakes, exit statuses. */
class CommandLineIT {
  @TempDir
  private Path dir;

  @Test
  void theJarHasHelpAndAVersion() throws Exception {
    try (App help = App.start("--help");
        App version = App.start("--version")) {
      assertEquals("Usage: ts-proxy", help.awaitOutput().get(0).substring(0, 15));
      assertEquals(0, help.awaitStatus());
      assertTrue(version.awaitOutput().get(0).matches("ts-proxy \\d+\\.\\d+\\.\\d+"));
      assertEquals(0, version.awaitStatus());
    }
  }

  @Test
  void wrongUsageIsStatusTwoAndALine() throws Exception {
    try (App app = App.start("prosy")) {
      assertEquals(2, app.awaitStatus());
      assertEquals(
          "ts-proxy: unknown command \"prosy\" (did you mean proxy?); see ts-proxy --help\n",
          app.stderr());
    }
  }

  @Test
  void aMessageMayLookLikeAFlag() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App client = App.start(
            "simple_client",
            "--connect=127.0.0.1:" + listening.address().getPort(),
            "--header-len=1",
            "--message=--count");
        TestPeer server = listening.accept()) {
      server.send(server.await(1 + "1_--count".length()));
      assertEquals(List.of("echo: 1_--count"), client.awaitOutput());
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    // Linux takes no more connections than the queue holds, and one.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort());
        App client = App.start("simple_client", "--connect=127.0.0.1:" + full.getLocalPort())) {
      assertTrue(first.isConnected() && second.isConnected());
      assertEquals(1, client.awaitStatus());
      assertTrue(client.stderr().contains("timed out"), client.stderr());
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, xterm, true", "TERM, dumb, false", "NO_COLOR, 1, false"})
  void helpHasColoursWhereTheyAreShown(String name, String value, boolean colours)
      throws Exception {
    Map<String, String> variables = new HashMap<>(Map.of("TERM", "xterm", "NO_COLOR", ""));
    variables.put(name, value);
    try (App help = App.startOnTerminal(variables, "--help")) {
      String text = String.join("\n", help.awaitOutput());
      assertTrue(text.contains("Usage:"), text);
      assertEquals(colours, text.contains("\u001b["), text);
    }
  }

  @Test
  void aRecordingThatIsNotThereIsReportedAtOnce() throws Exception {
    String file = dir.resolve("none.rec").toString();
    try (App app = App.start("replay", "--listen", "127.0.0.1:0", "--record", file)) {
      assertEquals(3, app.awaitStatus());
      assertEquals(
          "ts-proxy: " + file + ": there is no such file; record one first\n", app.stderr());
    }
  }
}
