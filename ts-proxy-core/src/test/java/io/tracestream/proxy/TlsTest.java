package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import io.tracestream.tls.Authority;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.Identity;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy between clients and targets that speak TLS; they are the JDK's own sockets. */
@Timeout(60)
class TlsTest {
  private static final Authority AUTHORITY = Authority.create();
  private static final Identity SERVER = AUTHORITY.identity(List.of("localhost", "127.0.0.1"));
  private static final ClientTls TRUSTING =
      ClientTls.create().withAuthorities(List.of(AUTHORITY.certificate()));
  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";

  private static ProxyConfig withBoth(TestTarget target) {
    return Proxies.to(target.address()).withListenTls(ServerTls.of(SERVER)).withTargetTls(TRUSTING);
  }

  /** A client's socket, before its handshake. */
  private static SSLSocket socketTo(Proxy proxy, String version, String... protocols)
      throws IOException {
    return socketTo(proxy, TRUSTING, version, protocols);
  }

  private static SSLSocket socketTo(Proxy proxy, ClientTls tls, String version, String... protocols)
      throws IOException {
    InetSocketAddress address = proxy.address();
    SSLSocket socket = (SSLSocket)
        tls.context().getSocketFactory().createSocket(address.getAddress(), address.getPort());
    SSLParameters parameters = tls.parameters("localhost");
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static TestPeer connect(Proxy proxy, String version) throws IOException {
    return new TestPeer(socketTo(proxy, version));
  }

  /** A target's end of the next connection, before its handshake. */
  private static SSLSocket acceptSocket(TestTarget target, String... protocols) throws IOException {
    Socket plain = target.accept().socket();
    ServerTls tls = ServerTls.of(SERVER);
    SSLSocket socket = (SSLSocket) tls.context().getSocketFactory().createSocket(plain, null, true);
    SSLParameters parameters = tls.parameters();
    if (protocols.length > 0) {
      parameters.setApplicationProtocols(protocols);
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static TestPeer accept(TestTarget target) throws IOException {
    return new TestPeer(acceptSocket(target));
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void framesGoBothWays(String version) throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = connect(proxy, version)) {
      client.send("0002 6869 0000 0001 21");
      try (TestPeer target = accept(listening)) {
        assertEquals("00026869" + "0000" + "000121", target.await(9));
        target.send("0003 796573");
        assertEquals("0003796573", client.await(5));
      }
    }
  }

  @Test
  void theTargetMayBePlain() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening).withTargetTls(null));
        TestPeer client = connect(proxy, TLS_1_3)) {
      client.send("0002 6869");
      try (TestPeer target = listening.accept()) {
        assertEquals("00026869", target.await(4));
        target.send("0003 796573").endSending();
        assertEquals("0003796573", client.awaitEnd());
      }
    }
  }

  @Test
  void theClientMayBePlain() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening).withListenTls(null));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = accept(listening)) {
      client.send("0002 6869");
      assertEquals("00026869", target.await(4));
      target.send("0003 796573").endSending();
      assertEquals("0003796573", client.awaitEnd());
    }
  }

  @Test
  void aClientThatEndsItsSendingStillGetsItsReply() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = connect(proxy, TLS_1_3)) {
      client.send("0002 6869").endSending();
      try (TestPeer target = accept(listening)) {
        assertEquals("00026869", target.awaitEnd());
        target.send("0001 21").endSending();
        assertEquals("000121", client.awaitEnd());
      }
    }
  }

  @Test
  void whatATls12ClientSentBeforeItsEndIsDelivered() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = connect(proxy, TLS_1_2)) {
      client.send("0002 6869").close();
      try (TestPeer target = accept(listening)) {
        assertEquals("00026869", target.awaitEnd());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void muchGoesThroughWhileNobodyReads(String version) throws Exception {
    byte[] all = new byte[10 * 1024 * 1024];
    Random random = new Random(7);
    int at = 0;
    while (at < all.length) {
      int length = Math.min(random.nextInt(60_000), all.length - at - 2);
      if (length < 0) {
        break;
      }
      all[at] = (byte) (length >> 8);
      all[at + 1] = (byte) length;
      at += 2 + length;
    }
    byte[] frames = Arrays.copyOf(all, at);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = connect(proxy, version)) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(() -> Proxies.unchecked(() -> client.send(frames)));
      try (TestPeer target = accept(listening)) {
        target.send("0001 21");
        assertEquals("000121", client.await(3)); // while the other direction is full
        assertTrue(Arrays.equals(frames, target.awaitBytes(frames.length)), "the frames arrive");
        sending.get();
        CompletableFuture<Void> back =
            CompletableFuture.runAsync(() -> Proxies.unchecked(() -> target.send(frames)));
        assertTrue(Arrays.equals(frames, client.awaitBytes(frames.length)), "and come back");
        back.get();
      }
    }
  }

  @Test
  void theTargetChoosesTheApplicationProtocolOfTheClient() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        SSLSocket socket = socketTo(proxy, TLS_1_3, "first/1", "second/1")) {
      CompletableFuture<Void> shaking =
          CompletableFuture.runAsync(() -> Proxies.unchecked(socket::startHandshake));
      try (SSLSocket accepted = acceptSocket(listening, "second/1")) {
        accepted.startHandshake();
        shaking.get();
        assertEquals("second/1", accepted.getApplicationProtocol());
        assertEquals("second/1", socket.getApplicationProtocol());
        accepted.setSoTimeout(1); // else closing it waits for the close_notify of the proxy
      }
    }
  }

  @Test
  void withAPlainTargetTheClientGetsItsFavouriteProtocol() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening).withTargetTls(null));
        SSLSocket socket = socketTo(proxy, TLS_1_3, "first/1", "second/1")) {
      socket.startHandshake();
      assertEquals("first/1", socket.getApplicationProtocol());
    }
  }

  @Test
  void theNameOfTheTargetIsSentAndChecked() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening)
            .withListenTls(null)
            .withTargetTls(TRUSTING.withName("db.example.com")));
        TestLog log = TestLog.open();
        TestPeer client = TestPeer.connect(proxy.address());
        SSLSocket accepted = acceptSocket(listening)) {
      assertThrows(SSLException.class, accepted::startHandshake);
      assertEquals("", client.awaitEnd());
      log.await("its certificate is for another name: No subject alternative DNS name matching"
          + " db.example.com found.; closing the client: give the name in the certificate with"
          + " --target-name");
    }
  }

  /** What the log says about a client that is closed, with its last words. */
  private static void awaitRefusal(TestPeer client, TestLog log, String... parts) throws Exception {
    client.awaitEnd();
    log.await(parts);
  }

  @Test
  void aPlainClientIsToldToSpeakTls() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = TestPeer.connect(proxy.address())) {
      client.send("0005 68656c6c6f");
      awaitRefusal(
          client,
          log,
          "connection 1: the TLS handshake failed: it does not speak TLS: it began with"
              + " 00 05 68 65 6c 6c 6f (..hello); closing the client: let it use TLS, or leave out"
              + " --listen-tls");
    }
  }

  @Test
  void aTargetThatIsPlainIsNamed() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening).withListenTls(null));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      target.send("0005 68656c6c6f");
      awaitRefusal(
          client,
          log,
          "connection 1: the TLS handshake with target ",
          " failed: it does not speak TLS: it began with 00 05 68 65 6c 6c 6f (..hello)",
          "closing the client: leave out --target-tls");
    }
  }

  @Test
  void aTargetThatNobodyTrustsIsNotSentAnything() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy =
            Proxy.start(withBoth(listening).withListenTls(null).withTargetTls(ClientTls.create()));
        TestPeer client = TestPeer.connect(proxy.address());
        SSLSocket accepted = acceptSocket(listening)) {
      client.send("0002 6869");
      SSLException refused = assertThrows(SSLException.class, accepted::startHandshake);
      assertTrue(refused.getMessage().contains("certificate_unknown"), refused::getMessage);
      awaitRefusal(
          client,
          log,
          "its certificate is not trusted: no authority known here has signed it; closing the"
              + " client: name its authority with --target-ca");
    }
  }

  @Test
  void withoutChecksAnyTargetWillDo() throws Exception {
    Identity unknown = Authority.create().identity(List.of("elsewhere"));
    try (TestTarget listening = TestTarget.start();
        Proxy inner =
            Proxy.start(Proxies.to(listening.address()).withListenTls(ServerTls.of(unknown)));
        Proxy proxy = Proxy.start(
            Proxies.to(inner.address()).withTargetTls(ClientTls.create().withoutChecks()));
        TestPeer client = TestPeer.connect(proxy.address())) {
      client.send("0002 6869");
      try (TestPeer target = listening.accept()) {
        assertEquals("00026869", target.await(4));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void aClientWithoutTheRequiredCertificateNeverReachesTheTarget(String version) throws Exception {
    ServerTls strict = ServerTls.of(SERVER, List.of(AUTHORITY.certificate()));
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening).withListenTls(strict));
        SSLSocket stranger = socketTo(proxy, version)) {
      assertThrows(IOException.class, () -> {
        stranger.startHandshake();
        stranger.getInputStream().read();
      });
      log.await(
          "connection 1: the TLS handshake failed: it sent no certificate; closing the client: give"
              + " it one, as --listen-client-ca requires");
      ClientTls known = TRUSTING.withIdentity(AUTHORITY.identity(List.of("a client")));
      try (TestPeer client = new TestPeer(socketTo(proxy, known, version))) {
        client.send("0002 6869");
        try (TestPeer target = accept(listening)) { // the first connection that comes
          assertEquals("00026869", target.await(4));
        }
      }
    }
  }

  @Test
  void aTargetMayRequireACertificate() throws Exception {
    ServerTls strict = ServerTls.of(SERVER, List.of(AUTHORITY.certificate()));
    ClientTls known = TRUSTING.withIdentity(AUTHORITY.identity(List.of("a client")));
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy inner = Proxy.start(Proxies.to(listening.address()).withListenTls(strict));
        Proxy proxy = Proxy.start(Proxies.to(inner.address()).withTargetTls(known));
        Proxy nobody = Proxy.start(Proxies.to(inner.address()).withTargetTls(TRUSTING));
        TestPeer refused = TestPeer.connect(nobody.address());
        TestPeer client = TestPeer.connect(proxy.address())) {
      refused.send("0002 6869");
      refused.awaitEnd();
      log.await("the target broke the connection: TLS failed: it sent the alert ", "--target-cert");
      client.send("0002 6869");
      try (TestPeer target = listening.accept()) {
        assertEquals("00026869", target.await(4));
      }
    }
  }

  @Test
  void anEndWithoutCloseNotifyIsACut(@TempDir Path dir) throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening)
            .withTargetTls(null)
            .withRecordingDirectory(dir.resolve("recordings")))) {
      Socket plain = new Socket(proxy.address().getAddress(), proxy.address().getPort());
      SSLSocket client = (SSLSocket) TRUSTING
          .context()
          .getSocketFactory()
          .createSocket(plain, "localhost", proxy.address().getPort(), false);
      client.getOutputStream().write(new byte[] {0, 1, 33});
      try (TestPeer target = listening.accept()) {
        assertEquals("000121", target.await(3));
        plain.shutdownOutput();
        assertEquals("", target.awaitEnd());
        log.await(
            "connection 1: the client broke the connection: it ended the connection without TLS's"
                + " close_notify, so something may be missing; closing the other side");
      }
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(30)));
      try (var files = Files.list(dir.resolve("recordings"))) {
        String recording = Files.readString(files.findFirst().orElseThrow());
        assertTrue(recording.endsWith("\tc2s\t21\n# cut off\n"), recording);
      }
    }
  }

  @Test
  void aClientThatLeavesBeforeItsHandshakeIsNotWorthAWarning() throws Exception {
    BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening).withListener(new ProxyListener() {
          @Override
          public void failed(long connection, String reason) {
            failures.add(reason);
          }
        }))) {
      TestPeer.connect(proxy.address()).close();
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(30)));
      assertEquals(List.of(), new ArrayList<>(failures));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void aLargeFrameArrivesWholeWhereverTheNetworkCutsItsRecords(String version) throws Exception {
    byte[] frame = new byte[4 + 300_000];
    ByteBuffer.wrap(frame).putInt(300_000);
    Arrays.fill(frame, 4, frame.length, (byte) 0x6a);
    FrameFormat format = new FrameFormat(4, 1_000_000);
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening).withTargetTls(null).withFormat(format));
        ServerSocket cutter = new ServerSocket(0, 1, proxy.address().getAddress())) {
      Thread cutting = new Thread(() -> cut(cutter, proxy));
      cutting.start();
      SSLSocket socket = (SSLSocket) TRUSTING
          .context()
          .getSocketFactory()
          .createSocket(cutter.getInetAddress(), cutter.getLocalPort());
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      try (socket;
          TestPeer target = listening.accept()) {
        socket.getOutputStream().write(frame);
        assertEquals(HexFormat.of().formatHex(frame), target.await(frame.length));
      }
      cutting.join();
    }
  }

  /**
   * Passes on what a client sends in pieces of 700 bytes, each of which is read before the next
   * comes, and what it gets as it comes.
   */
  private static void cut(ServerSocket from, Proxy proxy) {
    try (Socket client = from.accept();
        Socket to = new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
      to.setTcpNoDelay(true);
      Thread back = new Thread(() -> {
        try {
          to.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
          // the client has left
        }
      });
      back.start();
      byte[] piece = new byte[700];
      for (int n = client.getInputStream().read(piece);
          n > 0;
          n = client.getInputStream().read(piece)) {
        to.getOutputStream().write(piece, 0, n);
        proxy.stats();
        proxy.stats(); // its loops have looked for what came in between
      }
    } catch (IOException e) {
      // the client has left
    }
  }

  @Test
  void anAlertThatAClientSendsBeforeItHasKeysIsUnderstood() throws Exception {
    SSLEngine hello = TRUSTING.engine("localhost", 1, List.of());
    ByteBuffer record = ByteBuffer.allocate(32 * 1024);
    hello.wrap(ByteBuffer.allocate(0), record);
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = TestPeer.connect(proxy.address())) {
      client.send(HexFormat.of().formatHex(record.array(), 0, record.position()));
      assertEquals("1603", client.await(2)); // the server's hello, after which all is encrypted
      client.send("15 0303 0002 0230");
      log.await("connection 1: the TLS handshake failed: it sent the alert unknown_ca; closing the"
          + " client: it does not trust our certificate: give it the authority that signed it");
    }
  }

  @Test
  void clientsThatLeaveBeforeTheirHandshakeAreNotToldToCheckTheirFrames(@TempDir Path dir)
      throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open()) {
      try (Proxy proxy =
          Proxy.start(withBoth(listening).withRecordingDirectory(dir.resolve("recordings")))) {
        TestPeer.connect(proxy.address()).close();
        assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(30)));
      }
      log.await(
          "nothing was recorded: every client failed or left before the target was connected");
    }
  }

  @Test
  void aRecordThatIsLongerThanTlsAllowsEndsTheHandshake() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = TestPeer.connect(proxy.address())) {
      client.send("16 0301 80f0");
      awaitRefusal(client, log, "it sent a record of 33008 bytes, more than TLS allows");
    }
  }

  @Test
  void framesThatAreCutIntoAnyRecordsArriveWhole() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(withBoth(listening));
        TestPeer client = connect(proxy, TLS_1_3)) {
      for (String octet : "00 05 68 65 6c 6c 6f 00".split(" ")) {
        client.send(octet);
      }
      client.send("01 21");
      try (TestPeer target = accept(listening)) {
        assertEquals("000568656c6c6f000121", target.await(10));
      }
    }
  }
}
