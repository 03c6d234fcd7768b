package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.RecordingException;
import io.tracestream.testing.Await;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordingProxyTest {
  private static final String FIRST_LINE = "# ts_proxy recording v1";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("session.rec");
  }

  private Proxy recordingProxyTo(TestTarget target) throws IOException {
    return Proxy.start(Proxies.to(target.address()).withRecording(file));
  }

  /** The recording without its times: "c2s 6869" and so on. */
  private List<String> recorded() throws IOException {
    List<String> lines = Files.readAllLines(file);
    assertEquals(FIRST_LINE, lines.get(0));
    return lines.stream()
        .skip(1)
        .map(line -> line.replaceFirst("^\\d+\t", "").replace('\t', ' '))
        .toList();
  }

  @Test
  void framesOfAnyFramingArePassedOnAsTheyCameAndRecordedWithoutTheirLengths() throws Exception {
    FrameFormat masked = new FrameFormat(Framing.parse("onc-rpc"), 1 << 20);
    String fragment = "00002710" + "ab".repeat(10_000);
    String last = "80030d40" + "cd".repeat(200_000); // too large for one buffer
    try (TestTarget listening = TestTarget.start();
        Proxy proxy =
            Proxy.start(Proxies.to(listening.address()).withFormat(masked).withRecording(file));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send(fragment + last);
      assertEquals(fragment + last, target.await(210_008));
    }
    assertEquals(
        List.of(
            "# framing length=4,mask=7fffffff",
            "c2s 00000000" + "ab".repeat(10_000),
            "c2s 80000000" + "cd".repeat(200_000)),
        recorded());
  }

  @Test
  void aPreambleIsTheFirstFrameOfItsDirectionOnly() throws Exception {
    FrameFormat amqp = new FrameFormat(Framing.parse("amqp"), 1 << 20);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy =
            Proxy.start(Proxies.to(listening.address()).withFormat(amqp).withRecording(file));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("414d515000000901");
      assertEquals("414d515000000901", target.await(8));
      target.send("010000000000020102ce");
      assertEquals("010000000000020102ce", client.await(10));
      client.send("08000000000000ce");
      assertEquals("08000000000000ce", target.await(8));
    }
    assertEquals(
        List.of(
            "# framing length=4,offset=3,adjust=1,preamble=c2s:8",
            "c2s 414d515000000901",
            "s2c 0100000102ce",
            "c2s 080000ce"),
        recorded());
  }

  @Test
  void aPlainFramingIsNamedOnlyIfAskedFor() throws Exception {
    for (boolean named : List.of(false, true)) {
      try (TestTarget listening = TestTarget.start();
          Proxy proxy = Proxy.start(
              Proxies.to(listening.address()).withRecording(file).withFramingNamed(named))) {
        assertEquals(named ? List.of("# framing length=2") : List.of(), recorded());
        assertTrue(proxy.address().getPort() > 0);
      }
    }
  }

  @Test
  void aConversationIsRecordedInItsOrder() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0002 6869 0000");
      target.await(6);
      target.send("0001 21");
      client.await(3);
      client.send("0001 3f");
      target.await(3);
    }
    assertEquals(List.of("c2s 6869", "c2s ", "s2c 21", "c2s 3f"), recorded());
  }

  @Test
  void timesNeverFallAndBeginWithTheFirstClient() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      for (int i = 0; i < 100; i++) {
        client.send("0001 21");
        target.send(target.await(3));
        client.await(3);
      }
    }
    long last = 0;
    for (String line : Files.readAllLines(file).subList(1, 201)) {
      long elapsed = Long.parseLong(line.split("\t")[0]);
      assertTrue(elapsed >= last, line);
      last = elapsed;
    }
    assertTrue(last < 60_000_000, "microseconds since the first client: " + last);
  }

  @Test
  void aPartialFrameIsNotRecorded() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21" + "0005 6865").endSending();
      assertEquals("000121", target.awaitEnd());
    }
    assertEquals(List.of("c2s 21"), recorded());
  }

  @Test
  void aFrameLargerThanAnyBufferIsRecordedWhole() throws Exception {
    int length = 3_000_000;
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address())
            .withFormat(new FrameFormat(4, length))
            .withRecording(file));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 0xa5);
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> Proxies.unchecked(
          () -> client.send(String.format("%08x", length)).send(payload).send("00000001 21")));
      target.awaitBytes(4 + length + 5);
      sending.join();
    }
    assertEquals(List.of("c2s " + "a5".repeat(length), "c2s 21"), recorded());
  }

  @Test
  void withFlushingAFrameThatArrivedIsInTheFile() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(
            Proxies.to(listening.address()).withRecording(file).withFlushRecording(true));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.await(3);
      assertEquals(List.of("c2s 21"), recorded());
    }
  }

  @Test
  void withoutFlushingItIsInTheFileSoon() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.await(3);
      assertTrue(Await.until(() -> !recorded().isEmpty()), "nothing is in the file");
      assertEquals(List.of("c2s 21"), recorded());
    }
  }

  @Test
  void aRecordingThatIsTakenAwayIsNotSaidToHoldWhatPassed() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open()) {
      Proxy proxy = recordingProxyTo(listening);
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 21");
        target.await(3);
        Files.delete(file);
        assertThrows(IOException.class, proxy::awaitStop);
      }
      assertThrows(IOException.class, proxy::close);
      log.await("WARN", "connection 1: ", "is incomplete");
      log.await("WARN", file + " is incomplete: of 1 connection, 1 frame c2s");
    }
  }

  @Test
  void aSecondClientIsTurnedAwayWhileTheFirstIsRecorded() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer first = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept();
        TestPeer second = TestPeer.connect(proxy.address())) {
      assertEquals("", second.awaitEnd());
      log.await("WARN", "rejected a second client", "withRecordingDirectory");
      first.send("0001 21");
      assertEquals("000121", target.await(3));
    }
  }

  @Test
  void theNextClientIsAppended() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening)) {
      for (String payload : List.of("61", "62", "63")) {
        // At once: the proxy may not have seen the end of the one before yet.
        try (TestPeer client = TestPeer.connect(proxy.address())) {
          TestPeer target = listening.accept();
          client.send("0001" + payload);
          target.send(target.await(3));
          client.await(3);
          target.close();
        }
      }
    }
    assertEquals(List.of("c2s 61", "s2c 61", "c2s 62", "s2c 62", "c2s 63", "s2c 63"), recorded());
  }

  @Test
  void aClientThatBreaksTheRulesAndReadsNothingGivesWayToTheNext() throws Exception {
    byte[] replies = new byte[300 * 0xff02]; // more than the sockets hold
    for (int i = 0; i < replies.length; i += 0xff02) {
      replies[i] = (byte) 0xff;
    }
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(() -> Proxies.unchecked(() -> target.send(replies)));
      assertEquals("ff00", client.await(2));
      client.send("0005 61").endSending();
      AtomicBoolean served = new AtomicBoolean();
      CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> Proxies.unchecked(() -> {
        TestPeer next = listening.accept();
        served.set(true); // before the client can see its end
        next.close();
      }));
      while (!served.get()) { // refused until the first client is given up
        try (TestPeer next = TestPeer.connect(proxy.address())) {
          next.awaitEnd();
        }
      }
      serving.join();
      sending.join();
    }
  }

  @Test
  void anEarlierRecordingIsReplaced() throws Exception {
    Files.writeString(file, FIRST_LINE + "\n1\tc2s\t21\n");
    try (TestTarget listening = TestTarget.start()) {
      recordingProxyTo(listening).close();
    }
    assertEquals(List.of(), recorded());
  }

  @Test
  void anyOtherFileIsRefusedAndLeftAsItIs() throws Exception {
    Files.writeString(file, "# my notes\n");
    try (TestTarget listening = TestTarget.start()) {
      Exception e = assertThrows(RecordingException.class, () -> recordingProxyTo(listening));
      assertEquals(
          file + ": is not a recording and is left as it is; choose another name", e.getMessage());
    }
    assertEquals("# my notes\n", Files.readString(file));
  }

  @Test
  void anEarlierRecordingOutlivesAStartThatFails() throws Exception {
    Files.writeString(file, FIRST_LINE + "\n1\tc2s\t21\n");
    try (ServerSocket taken = new ServerSocket(0);
        TestTarget listening = TestTarget.start()) {
      ProxyConfig config = ProxyConfig.of(
              new InetSocketAddress(taken.getLocalPort()), listening.address())
          .withRecording(file);
      assertThrows(IOException.class, () -> Proxy.start(config));
    }
    assertEquals(List.of("c2s 21"), recorded());
  }

  @Test
  void twoProxiesCannotRecordToOneFile() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      Proxy first = recordingProxyTo(listening);
      Exception e = assertThrows(RecordingException.class, () -> recordingProxyTo(listening));
      assertEquals(
          file + ": another proxy is recording to it; choose another name", e.getMessage());
      first.close();
      recordingProxyTo(listening).close();
    }
  }

  @Test
  void anInterruptedThreadStartsAProxyThatRecords() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      Thread.currentThread().interrupt();
      Proxy proxy = recordingProxyTo(listening);
      assertTrue(Thread.interrupted());
      try (proxy;
          TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 61");
        target.awaitBytes(3);
      }
    }
    assertEquals(List.of("c2s 61"), recorded());
  }
}
