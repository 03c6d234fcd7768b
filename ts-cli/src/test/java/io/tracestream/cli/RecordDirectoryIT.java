package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingCheck;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingReader;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many connections recorded to one folder through the real jar, and what may interrupt that. */
class RecordDirectoryIT {
  @TempDir
  private Path temporary;

  private Path dir;

  @BeforeEach
  void nameTheFolder() {
    dir = temporary.resolve("recordings");
  }

  private App proxy(String limits, InetSocketAddress target, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(
        "proxy", "--listen", "127.0.0.1:0", "--header-len", "2", "--record-dir", dir.toString()));
    args.addAll(List.of("--target", "127.0.0.1:" + target.getPort()));
    args.addAll(List.of(more));
    return App.startLimited(limits, args.toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().toList();
    }
  }

  /** How many entries can be read, of a conversation that may end inside a line. */
  private static int readable(Conversation conversation) throws IOException {
    int entries = 0;
    try (Recording recording = conversation.open(100_000)) {
      RecordingReader reader = recording.reader();
      while (reader.next() != null) {
        entries++;
      }
    }
    return entries;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--flush-recording", "--flush-recording --gzip"})
  void aKillLosesNothingThatArrivedOnAnyConnection(String flags) throws Exception {
    List<TestPeer> peers = new ArrayList<>();
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy("true", listening.address(), flags.split(" "))) {
      InetSocketAddress address = proxy.awaitListening();
      for (int i = 0; i < 50; i++) {
        TestPeer client = TestPeer.connect(address);
        TestPeer target = listening.accept();
        for (int frame = 0; frame <= i % 3; frame++) {
          client.send("0001 61");
          target.await(3);
        }
        if (i < 10) {
          client.close();
        }
        peers.add(client);
        peers.add(target);
      }
      proxy.kill().awaitStatus();
    }
    for (TestPeer peer : peers) {
      peer.close();
    }
    List<Conversation> conversations = RecordingDirectory.open(dir).conversations();
    assertEquals(50, conversations.size());
    for (int i = 0; i < 50; i++) {
      assertEquals(
          1 + i % 3, readable(conversations.get(i)), conversations.get(i).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--max-files=100", "--gzip", "--rotate-size=500k"})
  void aKillInTheMiddleLeavesWholeLinesOfEveryConnection(String flag) throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy("true", listening.address(), flag)) {
      InetSocketAddress address = proxy.awaitListening();
      try (TestPeer client = TestPeer.connect(address);
          TestPeer target = listening.accept();
          TestPeer other = TestPeer.connect(address);
          TestPeer otherTarget = listening.accept()) {
        other.send("0001 61");
        otherTarget.await(3);
        for (int i = 0; i < 20; i++) {
          client.send(("03e8" + "61".repeat(1000)).repeat(100));
          target.awaitBytes(100 * 1002);
        }
        proxy.kill().awaitStatus();
      }
    }
    Conversation first = RecordingDirectory.open(dir).conversations().get(0);
    int entries = 0;
    for (Path part : first.parts()) {
      RecordingCheck check = RecordingCheck.of(part, 100_000);
      boolean last = part.equals(first.parts().get(first.parts().size() - 1));
      assertTrue(check.isWhole() || last, part + ": " + check.damage());
      entries++;
    }
    assertTrue(entries > 0);
  }

  @Test
  void aSecondClientIsRejectedWithTheOptionThatServesMany() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = App.start(
            "proxy",
            "--listen=127.0.0.1:0",
            "--header-len=2",
            "--target=127.0.0.1:" + listening.address().getPort(),
            "--record=" + temporary.resolve("a.rec"))) {
      InetSocketAddress address = proxy.awaitListening();
      try (TestPeer first = TestPeer.connect(address);
          TestPeer target = listening.accept();
          TestPeer second = TestPeer.connect(address)) {
        assertEquals("", second.awaitEnd());
        first.send("0001 61");
        assertEquals("000161", target.await(3));
      }
      assertEquals(0, proxy.terminate().awaitStatus());
      assertTrue(
          proxy
              .stderr()
              .contains(
                  "rejected a second client: --record serves one at a time, and connection 1 is"
                      + " still open; use --record-dir to record many"),
          proxy.stderr());
    }
  }

  @Test
  void aFullDiskEndsTheProxyWithStatus1AndEveryFileOnAWholeLine() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy("ulimit -f 64", listening.address())) {
      InetSocketAddress address = proxy.awaitListening();
      try (TestPeer client = TestPeer.connect(address);
          TestPeer target = listening.accept();
          TestPeer other = TestPeer.connect(address);
          TestPeer otherTarget = listening.accept()) {
        other.send("0001 61");
        otherTarget.await(3);
        for (int i = 0; i < 1000; i++) {
          client.send("03e8" + "61".repeat(1000));
          target.awaitBytes(1002);
        }
      } catch (IOException | AssertionError e) {
        // the proxy stopped
      }
      assertEquals(1, proxy.awaitStatus());
      assertTrue(proxy.stderr().contains("the proxy stops"), proxy.stderr());
    }
    assertEquals(2, files().size());
    for (Path file : files()) {
      assertTrue(Files.readString(file).endsWith("\n"), file.toString());
    }
    assertTrue(readable(RecordingDirectory.open(dir).conversations().get(0)) > 10);
    assertEquals(1, readable(RecordingDirectory.open(dir).conversations().get(1)));
  }

  @Test
  void withoutDescriptorsEachAcceptedClientHasItsFileAndOthersWait() throws Exception {
    List<TestPeer> clients = new ArrayList<>();
    try (TestTarget listening = TestTarget.start();
        App proxy = proxy("ulimit -n 60", listening.address())) {
      InetSocketAddress address = proxy.awaitListening();
      TestPeer first = TestPeer.connect(address);
      TestPeer firstTarget = listening.accept();
      first.send("0001 61");
      firstTarget.await(3);
      for (int i = 0; i < 60; i++) {
        clients.add(TestPeer.connect(address));
      }
      proxy.awaitStderr("cannot accept clients"); // none is left now
      proxy.awaitStderr("raise the limit of open files");
      for (TestPeer client : clients) {
        client.send("0001 62"); // the frame for which the client's file is created
      }
      for (int i = 0; i < 5; i++) { // were accepted before
        try (TestPeer target = listening.accept()) {
          assertEquals("000162", target.await(3), proxy.stderr());
        }
      }
      first.send("0001 63");
      assertEquals("000163", firstTarget.await(3));
      first.close();
      firstTarget.close();
      for (TestPeer client : clients) {
        client.close();
      }
      assertEquals(0, proxy.terminate().awaitStatus());
    }
    assertEquals(2, readable(RecordingDirectory.open(dir).conversations().get(0)));
    assertEquals(1, readable(RecordingDirectory.open(dir).conversations().get(1)));
  }

  @Test
  void aFileNamedGzIsRecordedPackedAndReplayed() throws Exception {
    Path file = temporary.resolve("hello.tsv.gz");
    try (TestTarget listening = TestTarget.start();
        App proxy = App.start(("proxy --listen 127.0.0.1:0 --header-len 2 --target 127.0.0.1:"
                + listening.address().getPort() + " --record " + file)
            .split(" "));
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0001 61");
      target.await(3);
      target.send("0001 62");
      client.await(3);
      assertEquals(0, proxy.terminate().awaitStatus());
    }
    assertEquals(0x1f, Files.readAllBytes(file)[0]);
    try (App replay = App.start(
            ("replay --listen 127.0.0.1:0 --header-len 2 --connections 1 --record " + file)
                .split(" "));
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("000162", client.send("0001 61").await(3));
      assertEquals("", client.endSending().awaitEnd());
      assertEquals(0, replay.awaitStatus());
    }
  }
}
