package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProxyListenerTest {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private final ProxyListener teller = new ProxyListener() {
    @Override
    public void opened(long connection, InetSocketAddress client) {
      told.add(connection + " opened by " + client.getAddress().getHostAddress());
    }

    @Override
    public void failed(long connection, String reason) {
      told.add(connection + " failed: " + reason);
    }

    @Override
    public void notFrames(long connection, Direction direction, byte[] beginning) {
      told.add(connection + " " + direction + " begins " + HexFormat.of().formatHex(beginning));
    }

    @Override
    public void closed(long connection) {
      told.add(connection + " closed");
    }
  };

  @Test
  void aConnectionIsToldWhenItOpensAndWhenItCloses() throws Exception {
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(teller))) {
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        assertEquals("1 opened by 127.0.0.1", next());
        client.send("00").endSending();
        assertEquals("00", server.awaitEnd().substring(0, 2));
      }
      assertEquals("1 closed", next());
    }
  }

  @Test
  void aListenerThatFollowsNoConnectionsIsToldOfFailuresOnly() throws Exception {
    ProxyListener ofFailures = new ProxyListener() {
      @Override
      public boolean followsConnections() {
        return false;
      }

      @Override
      public void opened(long connection, InetSocketAddress client) {
        teller.opened(connection, client);
      }

      @Override
      public void failed(long connection, String reason) {
        teller.failed(connection, reason);
      }

      @Override
      public void closed(long connection) {
        teller.closed(connection);
      }
    };
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(ofFailures))) {
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("ff").endSending();
        assertTrue(next().startsWith("1 failed: c2s byte 0: "));
        server.awaitEnd();
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofMinutes(1)));
    }
    assertEquals(0, told.size(), told::toString);
  }

  @Test
  void closedConnectionsCanBeWaitedFor() throws Exception {
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()))) {
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        assertFalse(proxy.awaitConnections(1, Duration.ofMillis(1)));
        client.send("00").endSending();
        server.awaitEnd();
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(Long.MAX_VALUE)));
    }
  }

  @Test
  void bytesThatAreNoFrameAreToldWithTheirReason() throws Exception {
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(teller));
        TestPeer client = TestPeer.connect(proxy.address())) {
      next();
      client.send("0568").endSending();
      assertEquals(
          "1 failed: c2s byte 0: found the end after 1 of 5 payload bytes",
          next().split("[,;]")[0]);
      assertEquals("1 c2s begins 0568", next());
    }
  }

  @Test
  void theBeginningOfADirectionIsToldIfItIsNotFramesButNotWhatComesLater() throws Exception {
    FrameFormat format = new FrameFormat(4, 100);
    String greeting = "4a0000000a352e35";
    try (TestTarget target = TestTarget.start();
        Proxy proxy =
            Proxy.start(config(target.address()).withFormat(format).withListener(teller))) {
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        server.send(greeting);
        client.awaitEnd();
      }
      next();
      assertTrue(next().startsWith("1 failed: s2c byte 0: payload length: found 1241513984"));
      assertEquals("1 s2c begins " + greeting, next());
      assertEquals("1 closed", next());
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer server = target.accept()) {
        client.send("0000000168" + greeting);
        assertEquals("0000000168", server.awaitEnd());
      }
      next();
      assertTrue(next().startsWith("2 failed: c2s byte 5"));
      assertEquals("2 closed", next());
    }
  }

  @Test
  void aTargetThatCannotBeReachedIsToldWithItsAddress() throws Exception {
    InetSocketAddress nobody;
    try (TestTarget gone = TestTarget.start()) {
      nobody = gone.address();
    }
    try (Proxy proxy = Proxy.start(config(nobody).withListener(teller));
        TestPeer client = TestPeer.connect(proxy.address())) {
      next();
      assertEquals(
          "1 failed: target 127.0.0.1:" + nobody.getPort() + " cannot be reached: "
              + SystemText.connectionRefused(),
          next().replace("localhost", "127.0.0.1"));
      assertEquals("", client.awaitEnd());
      assertEquals("1 closed", next());
    }
  }

  @Test
  void aListenerThatThrowsDisturbsNoConnection() throws Exception {
    ProxyListener thrower = new ProxyListener() {
      @Override
      public void opened(long connection, InetSocketAddress client) {
        throw new IllegalStateException("thrown by a test");
      }
    };
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(thrower));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer server = target.accept()) {
      client.send("0168");
      assertEquals("0168", server.await(2));
    }
  }

  @Test
  void aListenerThatFailsAnAssertionDisturbsNoConnection() throws Exception {
    ProxyListener failing = new ProxyListener() {
      @Override
      public void opened(long connection, InetSocketAddress client) {
        throw new AssertionError("failed by a test");
      }
    };
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(failing));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer server = target.accept()) {
      client.send("0168");
      assertEquals("0168", server.await(2));
    }
  }

  @Test
  void aListenerThatWaitsHoldsUpNoFrames() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    ProxyListener slow = new ProxyListener() {
      @Override
      public void opened(long connection, InetSocketAddress client) {
        try {
          waiting.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(slow));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer server = target.accept()) {
      client.send("0168");
      assertEquals("0168", server.await(2));
      waiting.countDown();
    }
  }

  @Test
  void aListenerMayCloseTheProxy() throws Exception {
    AtomicReference<Proxy> itsProxy = new AtomicReference<>();
    ProxyListener closer = new ProxyListener() {
      @Override
      public void opened(long connection, InetSocketAddress client) {
        Proxies.unchecked(() -> itsProxy.get().close());
        told.add("closed the proxy");
      }
    };
    try (TestTarget target = TestTarget.start();
        Proxy proxy = Proxy.start(config(target.address()).withListener(closer))) {
      itsProxy.set(proxy);
      try (TestPeer client = TestPeer.connect(proxy.address())) {
        assertEquals("closed the proxy", next());
        assertEquals("", client.awaitEnd());
      }
    }
  }

  private String next() throws InterruptedException {
    return told.poll(20, TimeUnit.SECONDS);
  }

  private static ProxyConfig config(InetSocketAddress target) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ProxyConfig.of(any, target).withFormat(new FrameFormat(1, 255));
  }
}
