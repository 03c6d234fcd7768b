package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Frames that are more than a big-endian length and as many bytes. */
@ResourceLock(Resources.SYSTEM_ERR)
class FramingIT {
  /** Three bytes of length, low byte first; the byte after it is not counted. */
  private static final String REQUEST = "030000 00 03 6869".replace(" ", "");

  private static final String REPLY = "010000 01 00".replace(" ", "");

  @TempDir
  private Path dir;

  @Test
  void aRecordingNamesItsFramingAndIsReplayedAndVerifiedWithIt() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget target = TestTarget.start()) {
      String server = "127.0.0.1:" + target.address().getPort();
      try (App proxy = App.start(
              "proxy",
              "--listen",
              "127.0.0.1:0",
              "--target",
              server,
              "--framing",
              "mysql",
              "--record",
              file.toString());
          TestPeer client = TestPeer.connect(proxy.awaitListening())) {
        client.send("020000 00 03 68");
        try (TestPeer accepted = target.accept()) {
          assertEquals("020000000368", accepted.await(6));
          accepted.send(REPLY);
          assertEquals(REPLY, client.await(5));
        }
        assertEquals(0, proxy.terminate().awaitStatus());
      }
      List<String> lines = Files.readAllLines(file);
      assertEquals("# framing length=3,order=little,adjust=1", lines.get(1));
      assertTrue(lines.get(2).endsWith("\tc2s\t000368"), lines.get(2));
      assertTrue(lines.get(3).endsWith("\ts2c\t0100"), lines.get(3));

      try (Run.Started replay = Run.replay(file, "--connections", "1");
          TestPeer client = TestPeer.connect(replay.awaitListening())) {
        assertEquals(REPLY, client.send("020000 00 03 68").endSending().awaitEnd());
        assertEquals(0, replay.awaitStatus());
      }
      try (Run.Started verify = Run.start(
              "verify", "--target", server, "--record", file.toString(), "--timing", "none");
          TestPeer accepted = target.accept()) {
        assertEquals("020000000368", accepted.await(6));
        accepted.send(REPLY).endSending();
        assertEquals(0, verify.awaitStatus());
      }
    }
  }

  @Test
  void theProxyNamesTheFramingOrTheProtocolThatComesInstead() throws Exception {
    try (TestTarget target = TestTarget.start();
        App proxy = App.start(
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--target",
            "127.0.0.1:" + target.address().getPort())) {
      InetSocketAddress address = proxy.awaitListening();
      try (TestPeer client = TestPeer.connect(address);
          TestPeer server = target.accept()) {
        server.send("26000000 0a 352e352e3500 01000000 3132333435363738 00 fff7 21 0200 0f80 15"
            + " 00000000000000000000");
        client.awaitEnd();
        proxy.awaitStderr(
            "WARN connection 1 s2c: the first bytes would be frames with --framing mysql");
      }
      try (TestPeer client = TestPeer.connect(address);
          TestPeer server = target.accept()) {
        client.send("474554202f20485454502f312e310d0a0d0a"); // GET / HTTP/1.1
        server.awaitEnd();
        proxy.awaitStderr("WARN connection 2 c2s: the first bytes are HTTP/1: its messages end");
      }
      assertEquals(0, proxy.terminate().awaitStatus());
    }
  }

  @Test
  void anEditedEntryGetsALengthOfItsNewSize() throws Exception {
    Path file = dir.resolve("a.rec");
    Files.writeString(
        file,
        "# ts_proxy recording v1\n# framing length=3,order=little,adjust=1\n"
            + "0\tc2s\t00036869\n0\ts2c\t0100ff\n");
    try (Run.Started replay = Run.replay(file, "--connections", "1");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("0200000100ff", client.send(REQUEST).endSending().awaitEnd());
      assertEquals(0, replay.awaitStatus());
    }
  }

  @Test
  void anotherFramingThanTheRecordedOneIsRefused() throws Exception {
    Path file = dir.resolve("a.rec");
    Files.writeString(file, "# framing length=4\n0\tc2s\t6869\n");
    for (String option : List.of("--framing=length=2", "--header-len=2")) {
      Run replay = Run.of("replay", "--listen", "127.0.0.1:0", "--record", file.toString(), option);
      assertEquals(2, replay.status());
      assertTrue(
          replay.stderr().contains(" was recorded with length=4; leave the option out"),
          replay.stderr());
    }
    Files.writeString(file, "# framing lenght=4\n0\tc2s\t6869\n");
    Run replay = Run.of("replay", "--listen", "127.0.0.1:0", "--record", file.toString());
    assertEquals(3, replay.status());
    assertTrue(
        replay.stderr().contains("a.rec:1: framing: found \"lenght=4\", expected a name"),
        replay.stderr());
  }

  @Test
  void theFramingsThatHaveNamesAreListed() throws Exception {
    Run list = Run.of("proxy", "--framing", "help");
    assertEquals(0, list.status());
    String text = String.join("\n", list.stdout());
    assertTrue(text.contains("  tpkt  "), text);
    assertTrue(text.contains(".. .. LL LL ...  counts the whole frame"), text);
  }
}
