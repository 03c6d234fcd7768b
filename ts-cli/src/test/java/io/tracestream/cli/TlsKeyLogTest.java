package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.examples.SimpleServer;
import io.tracestream.testing.Await;
import io.tracestream.testing.TestPeer;
import io.tracestream.tls.Authority;
import io.tracestream.tls.Certificates;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a key log holds. Whether tshark can decrypt with it is tested by scripts/test_tls.sh. */
@ResourceLock(Resources.SYSTEM_ERR)
class TlsKeyLogTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final String SECRET = " [0-9a-f]{64} [0-9a-f]{64,96}";

  @TempDir
  private Path dir;

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  /** A server that speaks this version only. */
  private SimpleServer server(String version) throws Exception {
    Authority authority = Authority.create();
    authority.writeTo(dir.resolve("server-ca.pem"));
    SSLContext context = ServerTls.of(authority.identity(List.of("127.0.0.1"))).context();
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {version});
    return SimpleServer.start(ANY, FrameFormat.DEFAULT, ServerTls.of(context, parameters));
  }

  private Run.Started proxy(SimpleServer target) {
    return Run.start(
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--listen-tls",
        "auto",
        "--tls-ca-out",
        path("ca.pem"),
        "--target",
        "127.0.0.1:" + target.address().getPort(),
        "--target-tls",
        "--target-ca",
        path("server-ca.pem"),
        "--tls-keylog",
        path("keys"));
  }

  /** Ends in order: the proxy goes on, and would log another end in the middle of another test. */
  private void converse(InetSocketAddress proxy) throws IOException {
    ClientTls tls = ClientTls.create().withAuthorities(Certificates.ofPem(dir.resolve("ca.pem")));
    SocketFactory sockets = tls.context().getSocketFactory();
    try (TestPeer client =
        new TestPeer(sockets.createSocket(proxy.getAddress(), proxy.getPort()))) {
      assertEquals("000000000000000161", client.send("0000000000000001 61").await(9));
      client.endSending().awaitEnd();
    }
  }

  private List<String> awaitKeys(int lines) throws IOException {
    Await.until(() -> Files.readAllLines(dir.resolve("keys")).size() >= lines);
    return Files.readAllLines(dir.resolve("keys"));
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, 5", "TLSv1.3, 8"}) // the client always speaks TLS 1.3 with the proxy
  void eachConnectionOnEachSideHasItsSecretsThere(String version, int lines) throws Exception {
    Files.writeString(dir.resolve("keys"), "");
    try (SimpleServer target = server(version);
        Run.Started proxy = proxy(target)) {
      converse(proxy.awaitListening());
      List<String> keys = awaitKeys(lines);
      for (String label : List.of(
          "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
          "SERVER_HANDSHAKE_TRAFFIC_SECRET",
          "CLIENT_TRAFFIC_SECRET_0",
          "SERVER_TRAFFIC_SECRET_0")) {
        assertEquals(
            lines / 4, keys.stream().filter(key -> key.matches(label + SECRET)).count(), label);
      }
      assertEquals(
          lines % 4,
          keys.stream().filter(key -> key.matches("CLIENT_RANDOM" + SECRET)).count());
      assertEquals(lines, keys.size());
      assertTrue(
          proxy.stderr().contains("WARN --tls-keylog: whoever reads " + path("keys")),
          proxy.stderr());
    }
  }

  @Test
  void onlyItsOwnerCanReadItAndEarlierSecretsStay() throws Exception {
    for (int lines = 8; lines <= 16; lines += 8) {
      try (SimpleServer target = server("TLSv1.3");
          Run.Started proxy = proxy(target)) {
        converse(proxy.awaitListening());
        assertEquals(lines, awaitKeys(lines).size());
      }
    }
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("keys"))));
  }

  @Test
  void aKeyLogThatCannotBeWrittenMakesStatusThree() throws Exception {
    Run run = Run.of(
        "replay",
        "--listen",
        "127.0.0.1:0",
        "--record",
        Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n").toString(),
        "--listen-tls",
        "auto",
        "--tls-keylog",
        path("missing/keys"));
    assertEquals(3, run.status());
    assertEquals(
        "ts-proxy: --tls-keylog: cannot write " + path("missing/keys") + ": there is no folder "
            + path("missing") + "; create it\n",
        run.stderr());
  }

  @Test
  void aKeyLogWithoutTlsIsRefused() {
    Run run = Run.of(
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--target",
        "127.0.0.1:1",
        "--tls-keylog",
        path("keys"));
    assertEquals(2, run.status());
    assertTrue(
        run.stderr()
            .startsWith("ts-proxy: --tls-keylog is only valid with --listen-tls or --target-tls"),
        run.stderr());
  }
}
