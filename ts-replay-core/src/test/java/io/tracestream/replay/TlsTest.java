package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.tls.Authority;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Recordings that are played over TLS. */
class TlsTest extends ReplayTestBase {
  private static final String[] ENTRIES = {"c2s 6869", "s2c 796573", "c2s 21", "s2c "};
  private static final Authority AUTHORITY = Authority.create();
  private static final ServerTls TLS =
      ServerTls.of(AUTHORITY.identity(List.of("localhost", "127.0.0.1")));
  private static final ClientTls TRUSTING =
      ClientTls.create().withAuthorities(List.of(AUTHORITY.certificate()));

  private ReplayServer start(SessionListener listener) throws Exception {
    return ReplayServer.start(
        Replays.config(file, ENTRIES).withListenTls(TLS).withListener(listener));
  }

  private static TestPeer connect(InetSocketAddress address) throws Exception {
    SSLSocket socket = (SSLSocket)
        TRUSTING.context().getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setSSLParameters(TRUSTING.parameters("localhost"));
    return new TestPeer(socket);
  }

  @Test
  void aClientGetsItsRepliesAndMatches() throws Exception {
    try (ReplayServer server = start(SessionListener.LOGGING);
        TestPeer client = connect(server.address())) {
      assertEquals("0003796573", client.send("0002 6869").await(5));
      assertEquals("0000", client.send("0001 21").awaitEnd());
      client.endSending();
      assertTrue(server.awaitConnections(1, Duration.ofSeconds(30)));
      assertEquals(1, server.verdict().matched());
    }
  }

  @Test
  void aPlainClientBreaksItsSession() throws Exception {
    BlockingQueue<String> damage = new LinkedBlockingQueue<>();
    SessionListener listener = new SessionListener() {
      @Override
      public void ended(SessionResult result) {
        damage.add(result.outcome() + ": " + result.damage());
      }
    };
    try (ReplayServer server = start(listener);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0002 6869").awaitEnd();
      assertTrue(server.awaitConnections(1, Duration.ofSeconds(30)));
      assertEquals(
          "BROKEN: the TLS handshake failed: it does not speak TLS: it began with 00 02 68 69"
              + " (..hi); let it use TLS, or leave out --listen-tls",
          damage.take());
    }
  }

  @Test
  void aServerIsVerified() throws Exception {
    try (ReplayServer server = start(SessionListener.LOGGING);
        Verifier verifier = Verifier.start(VerifyConfig.of(server.address(), file)
            .withFormat(Replays.config(file, ENTRIES).format())
            .withTargetTls(TRUSTING))) {
      assertTrue(verifier.awaitConnections(1, Duration.ofSeconds(30)));
      assertEquals(1, verifier.verdict().matched());
    }
  }

  @Test
  void aServerThatIsNotTrustedIsReportedAtTheStart() throws Exception {
    try (ReplayServer server = start(SessionListener.LOGGING)) {
      VerifyConfig config =
          VerifyConfig.of(server.address(), file).withTargetTls(ClientTls.create());
      Exception e = assertThrows(ConnectException.class, () -> Verifier.start(config));
      assertTrue(
          e.getMessage()
              .endsWith(" failed: its certificate is not trusted: no authority known here has"
                  + " signed it; name its authority with --target-ca"),
          e::getMessage);
    }
  }
}
