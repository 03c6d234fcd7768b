package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is served, how many, for how long, and who gives way. */
@Timeout(60)
class ClientsTest {
  @TempDir
  private Path dir;

  @Test
  void clientsBeyondTheMostWaitUntilOneIsGone() throws Exception {
    try (TestTarget target = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to(target.address()).withMaxConnections(1));
        TestPeer second = connectSecondAfterFirst(proxy, target)) {
      log.await("WARN", "the limit of 1 open connections is reached");
      second.send("0001 21");
      try (TestPeer server = target.accept()) {
        assertEquals("000121", server.await(3));
      }
    }
  }

  @Test
  void aClientThatWaitsForTheRecordedOneIsClosedWithTheProxy() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      waitForTheRecordedOne(
          listening,
          Proxy.start(Proxies.to(listening.address()).withRecording(dir.resolve("one.rec"))));
    }
  }

  private static void waitForTheRecordedOne(TestTarget listening, Proxy proxy) throws Exception {
    try (TestPeer first = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      first.send("0001 22").endSending(); // so the second one waits for a moment
      assertEquals("000122", target.awaitEnd());
      try (TestPeer second = TestPeer.connect(proxy.address())) {
        target.send("0001 21");
        assertEquals("000121", first.await(3)); // the one loop has accepted the second by now
        proxy.close();
        assertEquals("", second.awaitEnd());
      }
    }
  }

  /** The first client is served alone: the second one is only seen when it has gone. */
  private static TestPeer connectSecondAfterFirst(Proxy proxy, TestTarget target) throws Exception {
    try (TestPeer first = TestPeer.connect(proxy.address());
        TestPeer server = target.accept()) {
      TestPeer second = TestPeer.connect(proxy.address());
      first.send("0001 22");
      assertEquals("000122", server.await(3));
      assertFalse(proxy.awaitConnections(1, Duration.ofMillis(1)));
      return second;
    }
  }

  @Test
  void aConnectionOnWhichNothingPassesIsClosedIfWished() throws Exception {
    try (TestTarget target = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy =
            Proxy.start(Proxies.to(target.address()).withIdleTimeout(Duration.ofMillis(10)));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer server = target.accept()) {
      assertEquals("", client.awaitEnd());
      assertEquals("", server.awaitEnd());
      log.await("WARN", "connection 1 idle for 10 ms");
    }
  }

  @Test
  void theProxyIsNoTargetOfItself() throws Exception {
    InetSocketAddress free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    for (String name : new String[] {"127.0.0.1", "localhost"}) {
      ProxyConfig config =
          ProxyConfig.of(free, InetSocketAddress.createUnresolved(name, free.getPort()));
      Exception e = assertThrows(IOException.class, () -> Proxy.start(config));
      assertEquals(
          "the target " + name + ":" + free.getPort()
              + " is the address that the proxy listens on; name the real server",
          e.getMessage());
    }
    ProxyConfig anywhere = ProxyConfig.of(new InetSocketAddress(free.getPort()), free);
    assertThrows(IOException.class, () -> Proxy.start(anywhere));
  }

  @Test
  void aClientThatLeftWhileItsTargetWasDialledGivesWayToTheNext() throws Exception {
    // A listener that accepts nothing drops further connections once its backlog is full.
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestPeer one = TestPeer.connect((InetSocketAddress) deaf.getLocalSocketAddress());
        TestPeer two = TestPeer.connect((InetSocketAddress) deaf.getLocalSocketAddress());
        Proxy proxy = Proxy.start(Proxies.to((InetSocketAddress) deaf.getLocalSocketAddress())
            .withRecording(dir.resolve("a.rec"))
            .withConnectTimeout(Duration.ofDays(1)))) {
      TestPeer.connect(proxy.address()).close();
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(20)));
      TestPeer.connect(proxy.address()).reset();
      assertTrue(proxy.awaitConnections(2, Duration.ofSeconds(20)));
      TestPeer.connect(proxy.address()).send("0001 21").close();
      try (TestPeer next = TestPeer.connect(proxy.address())) {
        assertTrue(proxy.awaitConnections(3, Duration.ofSeconds(20)));
        assertTrue(one.socket().isConnected() && two.socket().isConnected());
        assertFalse(next.socket().isClosed());
      }
    }
  }

  @Test
  void whatAClientSentWhileItsTargetWasDialledIsForwardedAndRecordedBehindTheConnect()
      throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(target.address()).withRecording(file));
        TestPeer client = TestPeer.connect(proxy.address())) {
      client.send("0001 21" + "0002 6869" + "0001").endSending();
      try (TestPeer server = target.accept()) {
        assertEquals("000121" + "00026869", server.awaitEnd());
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(20)));
    }
    assertEquals(3, Files.readAllLines(file).size());
  }

  @Test
  void aProxyIsStartedAndClosedOnAnInterruptedThreadAsOnAnyOther() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      ProxyConfig config = Proxies.to(target.address()).withRecording(dir.resolve("a.rec"));
      Thread.currentThread().interrupt();
      Proxy proxy = Proxy.start(config);
      assertTrue(Thread.interrupted());
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("0001 21");
        assertEquals("000121", server.await(3));
      }
      Thread.currentThread().interrupt();
      proxy.close();
      assertTrue(Thread.interrupted());
      assertEquals(2, Files.readAllLines(dir.resolve("a.rec")).size());
    }
  }

  @Test
  void whatWasRecordedIsSaidWhenTheConnectionEnds() throws Exception {
    try (TestTarget target = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy =
            Proxy.start(Proxies.to(target.address()).withRecording(dir.resolve("a.rec")))) {
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("0001 21" + "0000");
        server.await(5);
        server.send("0002 6869");
        client.await(4);
      }
      log.await(
          "INFO",
          "connection 1: recorded 2 frames c2s (1 byte) and 1 frame s2c (2 bytes) in ",
          " to " + dir.resolve("a.rec"));
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        server.endSending();
        assertEquals("", client.awaitEnd()); // so both are connected
      }
      log.await(
          "WARN",
          "connection 2: nothing was recorded: no whole frame came; check that each frame begins"
              + " with the length of its payload in 2 bytes");
    }
  }

  @Test
  void anEmptyRecordingIsAWarningThatSaysWhatToCheck() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget target = TestTarget.start();
        TestLog log = TestLog.open()) {
      Proxy proxy = Proxy.start(Proxies.to(target.address()).withRecording(file));
      proxy.close();
      log.await(
          "WARN",
          file + ": nothing was recorded: no client connected to 127.0.0.1:"
              + proxy.address().getPort() + "; check where the client connects to");
      proxy = Proxy.start(Proxies.to(target.address()).withRecording(file));
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("00").endSending();
        server.awaitEnd();
      }
      proxy.close();
      log.await("WARN", file + ": nothing was recorded: no whole frame came; check ");
    }
  }

  @Test
  void aRecordingThatIsEmptyAsTheTargetWasNeverReachedSaysSo() throws Exception {
    TestTarget gone = TestTarget.start();
    gone.close();
    Path file = dir.resolve("a.rec");
    try (TestLog log = TestLog.open()) {
      try (Proxy proxy = Proxy.start(Proxies.to(gone.address()).withRecording(file));
          TestPeer client = TestPeer.connect(proxy.address())) {
        assertEquals("", client.awaitEnd());
        assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(20)));
      }
      log.await("WARN", file + ": nothing was recorded: the target ", " was never reached; start");
    }
  }

  @Test
  void aProxyCountsWhatItCarries() throws Exception {
    Path file = dir.resolve("a.rec");
    ProxyStats atTheEnd;
    try (TestTarget target = TestTarget.start()) {
      Proxy proxy = Proxy.start(Proxies.to(target.address()).withRecording(file));
      assertEquals(0, proxy.stats().connections());
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("0001 21" + "0000" + "0004 22");
        server.await(5);
        server.send("0002 6869");
        client.await(4);
        ProxyStats now = proxy.stats();
        assertEquals(1, now.openConnections());
        assertEquals(2, now.frames(Direction.C2S));
        assertEquals(5, now.bytes(Direction.C2S));
        assertEquals(1, now.frames(Direction.S2C));
        assertEquals(4, now.bytes(Direction.S2C));
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(20)));
      assertEquals(0, proxy.stats().openConnections());
      assertEquals(1, proxy.stats().connections());
      proxy.close();
      atTheEnd = proxy.stats();
    }
    assertEquals(2, atTheEnd.frames(Direction.C2S));
    assertEquals(Files.size(file), atTheEnd.recordedBytes());
  }

  @Test
  void whatIsNotRecordedIsCountedAsWell() throws Exception {
    byte[] large = new byte[2 + 60_000];
    large[0] = (byte) (60_000 >> 8);
    large[1] = (byte) 60_000;
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(target.address()))) {
      for (int i = 0; i < 5; i++) {
        try (TestPeer client = TestPeer.connect(proxy.address());
            TestPeer server = target.accept()) {
          client.send("0001 21").send(large);
          server.awaitBytes(3 + large.length);
        }
      }
      assertTrue(proxy.awaitConnections(5, Duration.ofSeconds(20)));
      assertEquals(10, proxy.stats().frames(Direction.C2S));
      assertEquals(5 * (3 + large.length), proxy.stats().bytes(Direction.C2S));
      assertEquals(0, proxy.stats().recordedBytes());
    }
  }
}
