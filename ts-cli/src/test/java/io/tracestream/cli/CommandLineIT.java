package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user sees of each command without a conversation: help, mistakes, exit statuses. */
@Timeout(60)
class CommandLineIT {
  @TempDir
  private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy ",
        "replay ",
        "diff ",
        "learn ",
        "simple_server ",
        "simple_client ",
        "simple-server ",
        "simple-client ",
        "inspect ",
        "check "
      })
  void everyCommandHasHelpAndAVersion(String command) throws Exception {
    try (App help = App.start((command + "--help").split(" "));
        App version = App.start((command + "--version").split(" "))) {
      assertEquals("Usage: ts_proxy", help.awaitOutput().get(0).substring(0, 15));
      assertEquals(0, help.awaitStatus());
      assertTrue(version.awaitOutput().get(0).matches("ts-proxy \\d+\\.\\d+\\.\\d+"));
      assertEquals(0, version.awaitStatus());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | found no command, expected one of proxy, replay, verify, learn, diff, inspect, check, simple_server, simple_client; see ts_proxy --help",
        "prosy | found \"prosy\", expected a command: proxy, replay, verify, learn, diff, inspect, check, simple_server, simple_client; see ts_proxy --help",
        "replay | Missing required option: '--listen=H:P'; see ts_proxy replay --help",
        "replay --listen a:0 --record= | --record: found \"\", expected a name that a file can have here; see ts_proxy replay --help",
        "replay --listen a:0 --record f --timing slow | --timing: found \"slow\", expected original or none;"
            + " see ts_proxy replay --help",
        "simple_server --listen 9000 | --listen: found \"9000\", expected HOST:PORT with a name, an IPv4 number or an"
            + " [IPv6] number, and a port from 0 to 65535; see ts_proxy simple_server --help",
        "simple_server --listen ::1:9000 | --listen: found \"::1:9000\", expected HOST:PORT with a name, an IPv4 number or"
            + " an [IPv6] number, and a port from 0 to 65535; see ts_proxy simple_server --help",
        "simple_client --connect a:0 | --connect: found \"a:0\", expected HOST:PORT with a name, an IPv4 number or an"
            + " [IPv6] number, and a port from 1 to 65535; see ts_proxy simple_client --help",
        "simple_client --connect a:1 -q -v | --verbose, --quiet are mutually exclusive (specify only one);"
            + " see ts_proxy simple_client --help",
        "simple_client --connect a:1 --header-len 17 | --header-len: found 17, expected a whole number from 1 to 16;"
            + " see ts_proxy simple_client --help",
        "simple_client --connect a:1 --max-payload-len 2147483640 | --max-payload-len: found 2147483640, expected a whole"
            + " number from 0 to 2147483639; see ts_proxy simple_client --help",
        "simple_client --connect a:1 --count -1 | --count: found -1, expected a whole number from 0 to 2147483647;"
            + " see ts_proxy simple_client --help",
        "replay --bogus x | found \"--bogus x\", expected a flag of replay; see ts_proxy replay --help",
        "inspect --bogus | found \"--bogus\", expected a flag of inspect; see ts_proxy inspect --help",
        "simple_client --message --count | Expected parameter for option '--message' but found '--count';"
            + " see ts_proxy simple_client --help",
        "diff a b --copy c2s:4+4- | --copy: found \"c2s:4+4-\", which the shell cut at the >; put quotes around it:"
            + " --copy 'c2s:4+4->s2c:0+4'; see ts_proxy diff --help",
        "inspect | Missing required parameter: 'FILE'; see ts_proxy inspect --help",
        "check a b | found \"b\", expected a flag of check; see ts_proxy check --help",
        "check a --max-payload-len x | --max-payload-len: found x, expected a whole number from 0 to 2147483639;"
            + " see ts_proxy check --help"
      })
  void wrongUsageIsToldInOneLine(String args, String line) throws Exception {
    try (App app = App.start(args == null || args.isEmpty() ? new String[0] : args.split(" "))) {
      assertEquals(2, app.awaitStatus());
      assertEquals("ts-proxy: " + line + "\n", app.stderr());
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
  void aPortInUseIsToldInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      for (String command : List.of("proxy --target a:1", "simple_server")) {
        try (App app = App.start((command + " --listen " + listen).split(" "))) {
          assertEquals(3, app.awaitStatus());
          assertEquals(
              "ts-proxy: --listen: found \"Address already in use\" for " + listen
                  + ", expected a free address of this machine; choose another one\n",
              app.stderr());
        }
      }
    }
  }

  @Test
  void aRecordingThatIsNotThereIsToldAtOnce() throws Exception {
    String file = dir.resolve("none.rec").toString();
    try (App app = App.start("replay", "--listen", "127.0.0.1:0", "--record", file)) {
      assertEquals(3, app.awaitStatus());
      assertEquals(
          "ts-proxy: " + file + ": found no such file, expected a recording; record one first\n",
          app.stderr());
    }
  }

  @Test
  void aFileThatIsNoRecordingIsNotOverwritten() throws Exception {
    Path file = Files.writeString(dir.resolve("notes.txt"), "my notes\n");
    try (App app = App.start(
        "proxy", "--listen", "127.0.0.1:0", "--target", "a:1", "--record", file.toString())) {
      assertEquals(3, app.awaitStatus());
      assertEquals(
          "ts-proxy: " + file + ": is not a recording and is left as it is; choose another name\n",
          app.stderr());
    }
    assertEquals("my notes\n", Files.readString(file));
  }

  @Test
  void aClientWithoutServerFails() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    try (App client = App.start("simple_client", "--connect", "127.0.0.1:" + nobody.getPort())) {
      assertEquals(1, client.awaitStatus());
      assertEquals(
          "ts-proxy: --connect: found \"Connection refused\" at 127.0.0.1:" + nobody.getPort()
              + ", expected a server; start it or correct the address\n",
          client.stderr());
    }
  }
}
