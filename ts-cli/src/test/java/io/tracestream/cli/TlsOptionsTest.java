package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.examples.SimpleClient;
import io.tracestream.examples.SimpleServer;
import io.tracestream.tls.Authority;
import io.tracestream.tls.Certificates;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The options of TLS, in all commands that have them; servers of a test log to stderr, too. */
@ResourceLock(Resources.SYSTEM_ERR)
class TlsOptionsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir
  private Path dir;

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  private static void assertUsage(String message, String... args) {
    Run run = Run.of(args);
    assertEquals(2, run.status(), run.stderr());
    assertTrue(run.stderr().startsWith("ts-proxy: " + message), run.stderr());
  }

  @Test
  void aClientThatTrustsTheAuthorityOfAReplayGetsItsReplies() throws Exception {
    Path recording = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t315f61\n0\ts2c\t315f61\n");
    List<String> replies = new ArrayList<>();
    try (Run.Started replay = Run.start(
        "replay",
        "--listen",
        "localhost:0",
        "--record",
        recording.toString(),
        "--connections",
        "1",
        "--listen-tls",
        "auto",
        "--tls-ca-out",
        path("ca.pem"))) {
      InetSocketAddress address = replay.awaitListening();
      ClientTls tls = ClientTls.create().withAuthorities(Certificates.ofPem(dir.resolve("ca.pem")));
      try (SimpleClient client = new SimpleClient(address, FrameFormat.DEFAULT, tls)) {
        client.send("a", 1, replies::add);
      }
      assertEquals(0, replay.awaitStatus(), replay.stderr());
    }
    assertEquals(List.of("1_a"), replies);
  }

  @Test
  void aServerIsVerifiedOverTls() throws Exception {
    Path recording = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t6162\n0\ts2c\t6162\n");
    Authority authority = Authority.create();
    authority.writeTo(dir.resolve("ca.pem"));
    ServerTls tls = ServerTls.of(authority.identity(List.of("db.example.com")));
    try (SimpleServer server = SimpleServer.start(ANY, FrameFormat.DEFAULT, tls)) {
      String target = "127.0.0.1:" + server.address().getPort();
      Run trusting = Run.of(
          "verify",
          "--target",
          target,
          "--record",
          recording.toString(),
          "--target-tls",
          "--target-ca",
          path("ca.pem"),
          "--target-name",
          "db.example.com");
      assertEquals(0, trusting.status(), trusting.stderr());
      Run other = Run.of(
          "verify",
          "--target",
          target,
          "--record",
          recording.toString(),
          "--target-tls",
          "--target-ca",
          path("ca.pem"));
      assertEquals(1, other.status());
      assertTrue(
          other
              .stderr()
              .contains("ts-proxy: the TLS handshake with target " + target
                  + " failed: its certificate is for another name: "),
          other.stderr());
      assertTrue(
          other.stderr().contains("; give the name in the certificate with --target-name\n"),
          other.stderr());
      Run insecure = Run.of(
          "verify",
          "--target",
          target,
          "--record",
          recording.toString(),
          "--target-tls",
          "--target-insecure");
      assertEquals(0, insecure.status(), insecure.stderr());
      assertTrue(
          insecure
              .stderr()
              .contains("WARN --target-insecure: the server's certificate is not checked"),
          insecure.stderr());
    }
  }

  @Test
  void aSimpleClientSpeaksTls() throws Exception {
    Authority authority = Authority.create();
    authority.writeTo(dir.resolve("ca.pem"));
    ServerTls tls = ServerTls.of(authority.identity(List.of("127.0.0.1")));
    try (SimpleServer server = SimpleServer.start(ANY, FrameFormat.DEFAULT, tls)) {
      String address = "127.0.0.1:" + server.address().getPort();
      Run trusting = Run.of(
          "simple_client", "--connect", address, "--target-tls", "--target-ca", path("ca.pem"));
      assertEquals(List.of("echo: 1_message"), trusting.stdout(), trusting.stderr());
      Run doubtful = Run.of("simple_client", "--connect", address, "--target-tls");
      assertEquals(1, doubtful.status());
      assertTrue(
          doubtful.stderr().contains("ts-proxy: --connect: cannot speak TLS with " + address),
          doubtful.stderr());
    }
  }

  @Test
  void aFileThatIsMissingMakesStatusThree() {
    Run run = Run.of(
        "simple_server",
        "--listen",
        "127.0.0.1:0",
        "--listen-tls",
        path("c.pem") + "," + path("k"));
    assertEquals(3, run.status());
    assertEquals(
        "ts-proxy: --listen-tls: " + path("c.pem") + ": there is no such file\n", run.stderr());
  }

  @Test
  void onlyAnEarlierCertificateIsReplaced() throws Exception {
    Authority.create().writeTo(dir.resolve("earlier.pem"));
    Path key = Files.writeString(dir.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n");
    Run run = Run.of(serverWith(path("key.pem")));
    assertEquals(
        "ts-proxy: --tls-ca-out: " + key
            + " exists and is not a CA certificate of ts-proxy; choose another name\n",
        run.stderr());
    assertEquals(3, run.status());
    assertEquals("-----BEGIN PRIVATE KEY-----\n", Files.readString(key));
    assertTrue(
        Run.of(serverWith(dir.toString())).stderr().contains(" is a folder; choose another"));
    assertTrue(Run.of(serverWith(path("no/ca.pem")))
        .stderr()
        .contains("there is no folder " + path("no") + "; create it"));
    String earlier = Files.readString(dir.resolve("earlier.pem"));
    try (Run.Started server = Run.start(serverWith(path("earlier.pem")))) {
      server.awaitListening();
    }
    assertNotEquals(earlier, Files.readString(dir.resolve("earlier.pem")));
  }

  private static String[] serverWith(String authorityFile) {
    return new String[] {
      "simple_server",
      "--listen",
      "127.0.0.1:0",
      "--listen-tls",
      "auto",
      "--tls-ca-out",
      authorityFile
    };
  }

  @Test
  void aServerThatCannotListenWritesNoCertificate() {
    Run run = Run.of(
        "simple_server",
        "--listen",
        "192.0.2.1:0",
        "--listen-tls",
        "auto",
        "--tls-ca-out",
        path("ca.pem"));
    assertEquals(3, run.status());
    assertTrue(Files.notExists(dir.resolve("ca.pem")));
  }

  @Test
  void aPasswordFileThatIsMissingIsNamedWithItsOption() throws Exception {
    Path file = Files.write(dir.resolve("id.p12"), new byte[] {0x30, 0});
    Run run = Run.of(
        "simple_server",
        "--listen",
        "127.0.0.1:0",
        "--listen-tls",
        file.toString(),
        "--listen-tls-password-file",
        path("no"));
    assertEquals(
        "ts-proxy: --listen-tls-password-file: " + path("no") + ": no such file or folder\n",
        run.stderr());
    assertEquals(3, run.status());
  }

  @Test
  void optionsThatDoNothingAreRefused() {
    assertUsage(
        "--target-ca is only valid with --target-tls",
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--target",
        "127.0.0.1:1",
        "--target-ca",
        "x");
    assertUsage(
        "--listen-client-ca is only valid with --listen-tls",
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--target",
        "127.0.0.1:1",
        "--listen-client-ca",
        "x");
    assertUsage(
        "--tls-ca-out is only valid with --listen-tls auto",
        "simple_server",
        "--listen",
        "127.0.0.1:0",
        "--listen-tls",
        "a,b",
        "--tls-ca-out",
        "x");
    assertUsage(
        "--target-insecure and --target-ca cannot be combined",
        "simple_client",
        "--connect",
        "127.0.0.1:1",
        "--target-tls",
        "--target-insecure",
        "--target-ca",
        "x");
  }
}
