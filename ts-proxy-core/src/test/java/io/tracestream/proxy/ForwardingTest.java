package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.FrameObserver;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ForwardingTest {
  private static final FrameFormat TWO_BYTES = new FrameFormat(2, 65_535);

  @TempDir
  private Path dir;

  private static Proxy proxyTo(TestTarget target, FrameFormat format) throws Exception {
    return Proxy.start(Proxies.to(target.address()).withFormat(format));
  }

  @Test
  void framesGoBothWaysAsTheyCame() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0002 6869 0000 0001 21");
      assertEquals("00026869" + "0000" + "000121", target.await(9));
      target.send("0003 796573");
      assertEquals("0003796573", client.await(5));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anObserverSeesEachFrameOnItsWay(boolean recorded) throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    FrameObserver observer = (connection, direction, parts) -> {
      int length = 0;
      for (ByteBuffer part : parts) {
        length += part.remaining();
        part.position(part.limit()); // takes nothing away from the frame
      }
      seen.add(connection + " " + direction + " " + length);
    };
    String large = "00030d40" + "cd".repeat(200_000); // too large for one buffer
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address())
            .withFormat(new FrameFormat(4, 1 << 20))
            .withRecording(recorded ? dir.resolve("a.rec") : null)
            .withObserver(observer));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("00000002 6869 00000000" + large);
      assertEquals("00000002" + "6869" + "00000000" + large, target.await(10 + 200_004));
      target.send("00000003 796573");
      assertEquals("00000003796573", client.await(7));
      assertEquals(List.of("1 c2s 2", "1 c2s 0", "1 c2s 200000", "1 s2c 3"), seen);
    }
    if (recorded) {
      assertEquals(5, Files.readAllLines(dir.resolve("a.rec")).size());
    }
  }

  @Test
  void aFrameThatComesByteByByteArrivesWhole() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      for (String octet : "00 05 68 65 6c 6c 6f".split(" ")) {
        client.send(octet);
      }
      assertEquals("000568656c6c6f", target.await(7));
    }
  }

  @Test
  void aPartialFrameStaysInTheProxy() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21" + "0002 68").endSending();
      assertEquals("000121", target.awaitEnd());
    }
  }

  @Test
  void aClientThatEndsItsSendingStillGetsItsReply() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0002 6869").endSending();
      assertEquals("00026869", target.awaitEnd());
      target.send("0001 21");
      assertEquals("000121", client.await(3));
      target.endSending();
      assertEquals("", client.awaitEnd());
    }
  }

  @Test
  void aTargetThatEndsItsSendingStillGetsRequests() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      target.send("0002 6869").endSending();
      assertEquals("00026869", client.awaitEnd());
      client.send("0001 21").endSending();
      assertEquals("000121", target.awaitEnd());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void everyHeaderLengthWorks(int headerLength) throws Exception {
    FrameFormat format = new FrameFormat(headerLength, 1000);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, format);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      String frame = "00".repeat(headerLength - 1) + "02" + "6869";
      client.send(frame + frame);
      assertEquals(frame + frame, target.await(frame.length()));
    }
  }

  @Test
  void aFrameOfSixteenMebibytesArrivesWholeAndTheNextOneBehindIt() throws Exception {
    byte[] payload = new byte[FrameFormat.DEFAULT.maxPayloadLength()];
    new Random(1).nextBytes(payload);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, FrameFormat.DEFAULT);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> Proxies.unchecked(
          () -> client.send("0000000001000000").send(payload).send("0000000000000001 21")));
      assertEquals("0000000001000000", target.await(8));
      assertArrayEquals(payload, target.awaitBytes(payload.length));
      assertEquals("000000000000000121", target.await(9));
      sending.join();
    }
  }

  @Test
  void anyFramesSurviveAnyCutIntoReads() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    FrameFormat format = new FrameFormat(4, 1 << 20);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, format);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      FrameReader frames = new FrameReader(target.socket().getInputStream(), format);
      for (int round = 0; round < 50; round++) {
        byte[] payload =
            new byte[random.nextInt(10) == 0 ? random.nextInt(1 << 20) : random.nextInt(3000)];
        random.nextBytes(payload);
        var bytes = new ByteArrayOutputStream();
        new FrameWriter(bytes, format).write(payload);
        var sending = CompletableFuture.runAsync(
            () -> Proxies.unchecked(() -> sendInPieces(client, bytes.toByteArray(), random)));
        assertArrayEquals(payload, frames.read(), "seed " + seed + ", round " + round);
        sending.join();
      }
    }
  }

  private static void sendInPieces(TestPeer client, byte[] bytes, Random random) throws Exception {
    for (int from = 0; from < bytes.length; ) {
      int to =
          Math.min(bytes.length, from + 1 + random.nextInt(random.nextBoolean() ? 10 : 400_000));
      client.send(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
  }

  @Test
  void connectionsDoNotDisturbEachOther() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = proxyTo(listening, TWO_BYTES)) {
      List<TestPeer> clients = new ArrayList<>();
      List<TestPeer> targets = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        clients.add(TestPeer.connect(proxy.address()));
        targets.add(listening.accept());
      }
      for (int i = 0; i < 100; i++) {
        clients.get(i).send(String.format("0001 %02x", i));
      }
      for (TestPeer target : targets) {
        target.send(target.await(3)).close();
      }
      for (int i = 0; i < 100; i++) {
        assertEquals(String.format("0001%02x", i), clients.get(i).awaitEnd());
        clients.get(i).close();
      }
    }
  }

  @Test
  void aTargetIsFoundByItsName() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(
            InetSocketAddress.createUnresolved("localhost", listening.address().getPort())));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      assertEquals("000121", target.await(3));
    }
  }

  @Test
  void closingTheProxyEndsItsConnections() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      Proxy proxy = proxyTo(listening, TWO_BYTES);
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        proxy.close();
        proxy.close();
        proxy.awaitStop();
        assertEquals("", client.awaitEnd());
        assertEquals("", target.awaitEnd());
      }
    }
  }
}
