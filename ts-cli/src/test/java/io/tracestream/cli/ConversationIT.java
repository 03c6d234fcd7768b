package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Conversations through the real jar: recorded, replayed, and interrupted. */
@ResourceLock(Resources.SYSTEM_ERR)
class ConversationIT {
  private static final List<String> ECHOES =
      List.of("echo: 1_hello", "echo: 2_hello", "echo: 3_hello");

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("session.rec");
  }

  private static String text(InetSocketAddress address) {
    return "127.0.0.1:" + address.getPort();
  }

  private static App client(InetSocketAddress server, String message) throws Exception {
    return App.start(
        "simple_client", "--connect", text(server), "--message", message, "--count", "3");
  }

  private App proxy(InetSocketAddress target, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(
        "proxy", "--listen", "127.0.0.1:0", "--target", text(target), "--record", file.toString()));
    args.addAll(List.of(more));
    return App.start(args.toArray(String[]::new));
  }

  @Test
  void aConversationIsRecordedAndReplayedWithoutTheServer() throws Exception {
    try (App server = App.start("simple_server", "--listen", "127.0.0.1:0");
        App proxy = proxy(server.awaitListening());
        App client = client(proxy.awaitListening(), "hello")) {
      assertEquals(ECHOES, client.awaitOutput());
      assertEquals(0, client.awaitStatus());
      assertEquals(0, proxy.terminate().awaitStatus());
      assertEquals(0, server.terminate().awaitStatus());
    }
    assertEquals(7, Files.readAllLines(file).size());
    try (App replay = App.start("replay", "--listen", "127.0.0.1:0", "--record", file.toString());
        App client = client(replay.awaitListening(), "hello")) {
      assertEquals(ECHOES, client.awaitOutput());
      assertEquals(0, client.awaitStatus());
      assertEquals(0, replay.terminate().awaitStatus());
      String summary = String.join("\n", replay.awaitOutput());
      assertTrue(
          summary.startsWith("played 1: 1 matched, 0 differed, 0 incomplete; 3 entries matched, "),
          summary);
    }
  }

  @Test
  void aClientThatDepartsFromTheRecordingFailsTheReplay() throws Exception {
    Files.writeString(
        file, "# ts_proxy recording v1\n0\tc2s\t315f68656c6c6f\n0\ts2c\t315f68656c6c6f\n");
    try (Run.Started replay = Run.replay(file, "--connections", "1");
        App client = client(replay.awaitListening(), "jello")) {
      assertEquals(1, client.awaitStatus());
      assertEquals(1, replay.awaitStatus());
      String said = replay.stderr();
      assertTrue(said.contains(", c2s entry 1 of 2, " + file + ":2\n"), said);
      assertTrue(said.contains("first difference at payload byte 2\n"), said);
    }
  }

  @Test
  void withFlushingNothingThatArrivedIsLostByAKill() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy(listening.address(), "--flush-recording", "--header-len", "2");
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0001 61");
      target.await(3);
      target.send("0001 62");
      client.await(3);
      proxy.kill().awaitStatus();
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(3, lines.size());
    assertTrue(
        lines.get(1).endsWith("\tc2s\t61") && lines.get(2).endsWith("\ts2c\t62"), lines.toString());
  }

  @Test
  void aSecretIsInNoFileEvenAfterAKill() throws Exception {
    Path folder = Files.createDirectory(file.resolveSibling("folder"));
    try (TestTarget listening = TestTarget.start();
        App proxy = App.start(
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--target",
            "127.0.0.1:" + listening.address().getPort(),
            "--record-dir",
            folder.toString(),
            "--redact",
            "c2s[0=61]:1+rest",
            "--flush-recording",
            "--header-len",
            "2");
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0003 61abab 0002 62ff 0003 61abab 0003 61ab");
      target.await(3 + 2 + 4 + 5);
      proxy.kill().awaitStatus();
    }
    try (Stream<Path> files = Files.list(folder)) {
      String text = Files.readString(files.findFirst().orElseThrow());
      assertTrue(text.contains("\n# redact c2s[0=61]:1+rest\n"), text);
      assertTrue(text.contains("\tc2s\t612a2a\n") && text.contains("\tc2s\t62ff\n"), text);
      assertFalse(text.contains("ab"), text);
    }
  }

  @Test
  void aSignalClosesTheRecordingWholeWhileAConnectionIsOpen() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy(listening.address(), "--header-len", "2");
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0001 61");
      target.await(3);
      assertEquals(0, proxy.terminate().awaitStatus());
    }
    String text = Files.readString(file);
    assertTrue(text.endsWith("\tc2s\t61\n"), text);
  }

  @Test
  void withoutDescriptorsClientsWaitAndAreServedLater() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = App.startLimited(
            "ulimit -n 30",
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--target",
            text(listening.address()),
            "--header-len",
            "2")) {
      InetSocketAddress address = proxy.awaitListening();
      List<TestPeer> clients = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        clients.add(TestPeer.connect(address));
      }
      proxy.awaitStderr("cannot accept clients");
      for (TestPeer client : clients) {
        client.close();
      }
      try (TestPeer late = TestPeer.connect(address)) {
        late.send("0001 61").endSending();
        String received = "";
        while (received.isEmpty()) { // until those before it, who sent nothing, are gone
          try (TestPeer target = listening.accept()) {
            received = target.awaitEnd();
          }
        }
        assertEquals("000161", received);
      }
      assertEquals(0, proxy.terminate().awaitStatus());
    }
  }

  @Test
  void aRecordingThatCannotGrowEndsTheProxyOnAWholeLine() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = App.startLimited(
            "ulimit -f 64",
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--target",
            text(listening.address()),
            "--record",
            file.toString(),
            "--flush-recording",
            "--header-len",
            "2");
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      int frames = 0;
      try {
        for (; frames < 1000; frames++) {
          client.send("03e8" + "61".repeat(1000));
          target.await(1002);
        }
      } catch (IOException | AssertionError e) {
        // the proxy stopped
      }
      assertEquals(1, proxy.awaitStatus());
      List<String> lines = Files.readAllLines(file);
      assertTrue(Files.readString(file).endsWith("\n"));
      assertEquals(frames, lines.size() - 1, "frames that were forwarded");
      assertTrue(proxy.stderr().contains("the proxy stops"), proxy.stderr());
    }
  }
}
