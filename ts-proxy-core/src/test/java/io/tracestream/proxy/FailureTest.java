package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rows of the table of failures, one by one. */
@Timeout(60)
class FailureTest {
  @Test
  void aClientOfAnUnreachableTargetIsClosedAndTheProxyGoesOn() throws Exception {
    String refused = SystemText.connectionRefused();
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    try (TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to(nobody))) {
      for (int i = 1; i <= 2; i++) {
        try (TestPeer client = TestPeer.connect(proxy.address())) {
          assertEquals("", client.send("0001 21").awaitEnd());
          log.await("WARN", "connection " + i + ": target", "cannot be reached: " + refused);
        }
      }
    }
  }

  @Test
  void aClientOfANameWithoutAddressIsClosed() throws Exception {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no-such-host.invalid", 9);
    try (TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to(nowhere));
        TestPeer client = TestPeer.connect(proxy.address())) {
      assertEquals("", client.awaitEnd());
      log.await(
          "WARN",
          "connection 1: target no-such-host.invalid:9 cannot be reached: there is no such name");
    }
  }

  @Test
  void aClientOfATargetThatDoesNotAnswerIsClosedInTime() throws Exception {
    // A listener that accepts nothing drops further connections once its backlog is full.
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to((InetSocketAddress) deaf.getLocalSocketAddress())
            .withConnectTimeout(Duration.ofMillis(300)))) {
      List<TestPeer> clients = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        clients.add(TestPeer.connect(proxy.address()));
      }
      log.await("WARN", "cannot be reached: it has not answered for 300 ms");
      for (TestPeer client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aLengthAboveTheCapEndsBothSidesBehindTheFramesBeforeIt() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy =
            Proxy.start(Proxies.to(listening.address()).withFormat(new FrameFormat(2, 10)));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21" + "000b 00");
      assertEquals("000121", target.awaitEnd());
      assertEquals("", client.awaitEnd());
      log.await("WARN", "connection 1 c2s byte 3: payload length: found 11, expected at most 10");
    }
  }

  @Test
  void aReplyOnItsWayIsDeliveredToTheClientThatSentABadFrame() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy =
            Proxy.start(Proxies.to(listening.address()).withFormat(new FrameFormat(2, 10)));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.send(target.await(3));
      client.send("ffff" + "00".repeat(100_000));
      assertEquals("000121", client.awaitEnd());
    }
  }

  @Test
  void anEndInsideAPayloadSaysHowMuchHadCome() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      target.send("0001 21" + "0005 6865").endSending();
      assertEquals("000121", client.awaitEnd());
      assertEquals("", target.awaitEnd());
      log.await("WARN", "connection 1 s2c byte 3: found the end after 2 of 5 payload bytes");
    }
  }

  @Test
  void anEndInsideALargePayloadSaysHowMuchHadCome() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()).withFormat(FrameFormat.DEFAULT));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0000000000f00000").send(new byte[1_000_000]).endSending();
      assertEquals("", target.awaitEnd());
      log.await(
          "WARN", "connection 1 c2s byte 0: found the end after 1000000 of 15728640 payload bytes");
    }
  }

  @Test
  void aResetByTheClientClosesTheTargetBehindTheFramesBeforeIt() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      assertEquals("000121", target.await(3));
      client.reset();
      assertEquals("", target.awaitEnd());
    }
  }

  @Test
  void aClientThatOnlySendsIsClosedWhenItsTargetIsGone() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()));
        TestPeer client = TestPeer.connect(proxy.address())) {
      listening.accept().close(); // an end, and resets for what comes after it
      for (int i = 0; i < 12 && !proxy.awaitConnections(1, Duration.ofMillis(1500)); i++) {
        client.send("0001 21");
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofMillis(1)), "it is still served");
    }
  }

  @Test
  void aReplyBeforeTheTargetsResetIsDelivered() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.send("0002 6869").close(); // with a request unread, which makes it a reset
      assertEquals("00026869", client.awaitEnd());
    }
  }

  @Test
  void aSlowReaderSlowsItsWriterDownAndNobodyElse() throws Exception {
    byte[] frame = new byte[2 + 0xff00];
    frame[0] = (byte) 0xff;
    int count = 1000; // more by far than the buffers of all sockets hold
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address()));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer slowTarget = listening.accept();
        TestPeer other = TestPeer.connect(proxy.address());
        TestPeer otherTarget = listening.accept()) {
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> Proxies.unchecked(() -> {
        for (int i = 0; i < count; i++) {
          client.send(frame);
        }
      }));
      assertEquals("ff00", slowTarget.await(2));
      other.send("0001 21");
      assertEquals("000121", otherTarget.await(3));
      assertFalse(sending.isDone());
      slowTarget.awaitBytes(count * frame.length - 2);
      sending.join();
    }
  }

  @Test
  void aConnectTimeoutIsAMillisecondToADay() {
    ProxyConfig config = Proxies.to(new InetSocketAddress("localhost", 9));
    Exception e = assertThrows(
        IllegalArgumentException.class, () -> config.withConnectTimeout(Duration.ofDays(2)));
    assertEquals("connectTimeout: found PT48H, expected PT0.001S to PT24H", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> config.withConnectTimeout(Duration.ZERO));
  }

  @Test
  void aPortInUseIsRefusedAtTheStart() throws Exception {
    try (TestTarget taken = TestTarget.start()) {
      ProxyConfig config = ProxyConfig.of(taken.address(), taken.address());
      assertThrows(IOException.class, () -> Proxy.start(config));
    }
  }
}
