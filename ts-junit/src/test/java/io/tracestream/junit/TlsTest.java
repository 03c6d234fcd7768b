package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.testing.TestPeer;
import io.tracestream.tls.Authority;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Recordings that are made and played over TLS. */
@Timeout(60)
class TlsTest {
  private static final Authority AUTHORITY = Authority.create();
  private static final ServerTls TLS = ServerTls.of(AUTHORITY.identity(List.of("localhost")));
  private static final ClientTls TRUSTING =
      ClientTls.create().withAuthorities(List.of(AUTHORITY.certificate())).withName("localhost");
  private static final FrameFormat FORMAT = new FrameFormat(1, 255);

  @TempDir
  private static Path dir;

  private static InetSocketAddress target;

  /** Run by the tests below. */
  static class Plays {
    @RegisterExtension
    private final ReplayExtension server =
        ReplayExtension.of("greeting.tsv").withFormat(FORMAT).withTls(TLS);

    @Test
    void greets() throws Exception {
      greet(server.address());
    }
  }

  /** Run by the tests below. */
  static class Records {
    @RegisterExtension
    private final ReplayExtension server = ReplayExtension.of(
            dir.resolve("greeting.tsv").toString())
        .withFormat(FORMAT)
        .withTls(TLS)
        .withTarget(() -> target)
        .withTargetTls(TRUSTING);

    @Test
    void greets() throws Exception {
      greet(server.address());
    }
  }

  private static void greet(InetSocketAddress server) throws Exception {
    SSLSocket socket = (SSLSocket)
        TRUSTING.context().getSocketFactory().createSocket(server.getAddress(), server.getPort());
    socket.setSSLParameters(TRUSTING.parameters("localhost"));
    try (TestPeer client = new TestPeer(socket)) {
      client.send("02 6869");
      assertEquals("02686f", client.await(3));
      client.send("04 62796500");
    }
  }

  @Test
  void aClientPlaysARecordingOverTls() {
    Runs.assertPasses(Plays.class, "greets");
  }

  @Test
  void aClientIsRecordedOverTlsOnBothSides() throws Exception {
    try (GreetingServer plain = new GreetingServer();
        Proxy secured = Proxy.start(ProxyConfig.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), plain.address())
            .withFormat(FORMAT)
            .withListenTls(TLS))) {
      target = secured.address();
      Runs.assertPasses(Records.class, "greets");
    }
    String recording = Files.readString(dir.resolve("greeting.tsv"));
    assertTrue(recording.contains("\tc2s\t6869\n"), recording);
    assertTrue(recording.contains("\ts2c\t686f\n"), recording);
  }
}
