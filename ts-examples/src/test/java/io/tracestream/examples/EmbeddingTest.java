package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.capture.CaptureExport;
import io.tracestream.capture.CaptureImport;
import io.tracestream.capture.Detection;
import io.tracestream.capture.FramingDetector;
import io.tracestream.capture.ImportSummary;
import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.codec.Framing;
import io.tracestream.compare.Learner;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.replay.FrameRewriter;
import io.tracestream.replay.Load;
import io.tracestream.replay.LoadConfig;
import io.tracestream.replay.LoadStats;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Frames;
import io.tracestream.rules.Rules;
import io.tracestream.tls.Authority;
import io.tracestream.tls.Certificates;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java code that the pages in {@code docs} show, compiled and run. Each snippet is between two
 * lines of dashes; {@link PagesTest} looks for it in the pages.
 */
@Timeout(60)
class EmbeddingTest {
  @TempDir
  private Path dir;

  @Test
  void framesOnBlockingStreams() throws Exception {
    try (SimpleServer server = SimpleServer.start(anyPort(), new FrameFormat(4, 1_000_000));
        Socket socket =
            new Socket(server.address().getAddress(), server.address().getPort())) {
      // ----
      FrameFormat format = new FrameFormat(4, 1_000_000); // 4 header bytes, at most 1 MB of payload
      FrameWriter out = new FrameWriter(socket.getOutputStream(), format);
      FrameReader in = new FrameReader(socket.getInputStream(), format);

      out.write("hello".getBytes());
      byte[] reply = in.read(); // null when the peer ended between two frames
      // ----
      assertEquals("hello", new String(reply));
      socket.shutdownOutput();
      assertNull(in.read());
    }
  }

  @Test
  void framesInPieces() throws Exception {
    List<String> payloads = new ArrayList<>();
    byte[][] pieces = {{0, 5, 'h', 'e'}, {'l', 'l', 'o', 0, 1}, {'!'}};
    // ----
    FrameDecoder decoder = new FrameDecoder(new FrameFormat(2, 1000));
    ByteBuffer buffer = ByteBuffer.allocate(1002);
    for (byte[] piece : pieces) {
      buffer.put(piece).flip();
      decoder.decode(buffer, payload -> payloads.add(new String(bytes(payload))));
      buffer.compact(); // a partial frame waits for its rest
    }
    decoder.end(buffer.flip()); // throws when the stream ended inside a frame
    // ----
    assertEquals(List.of("hello", "!"), payloads);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void faultsThatChangeWhileAProxyRuns() throws Exception {
    ProxyConfig config = ProxyConfig.of(anyPort(), new InetSocketAddress("127.0.0.1", 1));
    // ----
    Faults faults = Faults.none();
    Proxy proxy = Proxy.start(config.withFaults(faults)); // or a ReplayConfig
    faults.set("s2c[0=\"RESP\"] 3rd truncate 5 reset");
    faults.set(Fault.delay(Frames.of(Direction.S2C), Duration.ofMillis(200)).withProbability(0.05));
    faults.clear();
    // ----
    assertEquals(List.of(), faults.list());
    proxy.close();
  }

  @Test
  void tlsOnBothSides() throws Exception {
    Authority authority = Authority.create();
    authority.writeTo(dir.resolve("ca.pem"));
    Path caFile = dir.resolve("ca.pem");
    ServerTls tls = ServerTls.of(authority.identity(List.of("localhost", "127.0.0.1")));
    try (SimpleServer server = SimpleServer.start(anyPort(), FrameFormat.DEFAULT, tls)) {
      InetSocketAddress target = server.address();
      // ----
      ClientTls withTarget = ClientTls.create().withAuthorities(Certificates.ofPem(caFile));
      Authority ours = Authority.create();
      ServerTls withClients = ServerTls.of(ours.identity(List.of("localhost", "127.0.0.1")));
      ProxyConfig config = ProxyConfig.of(new InetSocketAddress("127.0.0.1", 0), target)
          .withListenTls(withClients)
          .withTargetTls(withTarget);
      // ----
      List<String> replies = new ArrayList<>();
      ClientTls trusting = ClientTls.create().withAuthorities(List.of(ours.certificate()));
      try (Proxy proxy = Proxy.start(config);
          SimpleClient client = new SimpleClient(proxy.address(), FrameFormat.DEFAULT, trusting)) {
        client.send("hi", 1, replies::add);
      }
      assertEquals(List.of("1_hi"), replies);
    }
  }

  @Test
  void aConversationRecordedReadAndReplayed() throws Exception {
    Path file = dir.resolve("session.rec");
    ByteArrayOutputStream echoes = new ByteArrayOutputStream();
    try (SimpleServer server = SimpleServer.start(anyPort(), FrameFormat.DEFAULT)) {
      // ----
      InetSocketAddress anyPort = new InetSocketAddress("localhost", 0);
      try (Proxy proxy =
          Proxy.start(ProxyConfig.of(anyPort, server.address()).withRecording(file))) {
        runClientAgainst(proxy.address());
      }
      // ----
    }

    // ----
    try (Recording recording = Recording.open(file, 16_777_216)) {
      RecordingReader entries = recording.reader();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        echoes.write(entry.payload());
      }
    }
    // ----
    assertEquals("1_hello1_hello2_hello2_hello", echoes.toString());

    InetSocketAddress anyPort = anyPort();
    // ----
    try (ReplayServer server = ReplayServer.start(ReplayConfig.of(anyPort, file))) {
      runClientAgainst(server.address());
      assertTrue(server.awaitConnections(1, Duration.ofSeconds(10)));
      assertEquals(List.of(), server.verdict().mismatches());
      assertEquals(1, server.verdict().matched());
    }
    // ----
  }

  @Test
  void aRecordedClientVerifiesAServerAndPutsItUnderLoad() throws Exception {
    Path file = Files.writeString(dir.resolve("session.rec"), "0\tc2s\t6869\n0\ts2c\t6869\n");
    try (SimpleServer server = SimpleServer.start(anyPort(), FrameFormat.DEFAULT)) {
      // ----
      Rules rules = Rules.of("ignore s2c:-2+2");
      try (Verifier verifier =
          Verifier.start(VerifyConfig.of(server.address(), file).withRules(rules))) {
        assertTrue(verifier.awaitConnections(1, Duration.ofSeconds(10)));
        assertEquals(List.of(), verifier.verdict().mismatches());
      }
      // ----
      // ----
      LongAccumulator longest = new LongAccumulator(Math::max, 0);
      LoadConfig config = LoadConfig.of(server.address(), file, 50)
          .withRate(1000) // requests per second, all clients together
          .withDuration(Duration.ofSeconds(1))
          .withRules(rules)
          .withLatencies(longest::accumulate);
      try (Load load = Load.start(config)) {
        assertTrue(load.awaitEnd(Duration.ofSeconds(30)));
        assertEquals(0, load.stats().count(LoadStats.Problem.MISMATCH));
        assertEquals(0, load.stats().errors());
        assertEquals(load.stats().requests(), load.stats().replies());
        assertTrue(longest.get() > 0);
      }
      // ----
    }
  }

  @Test
  void twoRecordingsAreTheSameButForWhatVaries() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n0\ts2c\t6162\n");
    Path later = Files.writeString(dir.resolve("b.rec"), "0\tc2s\t61\n0\ts2c\t7a79\n");
    // ----
    try (Recording a = Recording.open(file, 16_777_216);
        Recording b = Recording.open(later, 16_777_216)) {
      Rules rules = Learner.learn(a, b).rules();
      assertEquals("ignore s2c:0+2\n", rules.toString());
      assertTrue(RecordingDiff.compare(a, b, rules, change -> {}).isSame());
    }
    // ----
  }

  // ----
  /** Ends each frame with an HMAC of all bytes before it. */
  static final class Signed implements FrameRewriter {
    private static final SecretKeySpec KEY = new SecretKeySpec("test key".getBytes(), "HmacSHA256");

    @Override
    public byte[] rewrite(Frame frame) throws Exception {
      byte[] payload = frame.payload();
      int end = payload.length - 32;
      Mac mac = Mac.getInstance("HmacSHA256"); // for each call: several threads call at a time
      mac.init(KEY);
      mac.update(payload, 0, end);
      mac.doFinal(payload, end);
      return payload;
    }
  }
  // ----

  private static byte[] signed(String text) throws Exception {
    byte[] payload = Arrays.copyOf(text.getBytes(), text.length() + 32);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("test key".getBytes(), "HmacSHA256"));
    mac.update(payload, 0, text.length());
    mac.doFinal(payload, text.length());
    return payload;
  }

  @Test
  void framesAreSignedAnew() throws Exception {
    String request = HexFormat.of().formatHex("0001pay 12.50".getBytes()) + "77".repeat(32);
    String reply = HexFormat.of().formatHex("0001ok".getBytes()) + "88".repeat(32);
    Path file = Files.writeString(
        dir.resolve("session.rec"), "0\tc2s\t" + request + "\n0\ts2c\t" + reply + "\n");
    InetSocketAddress anyPort = anyPort();
    // ----
    ReplayConfig config = ReplayConfig.of(anyPort, file)
        .withRules(Rules.of("copy c2s:0+4->s2c:0+4"))
        .withRewriter(new Signed());
    // ----
    try (ReplayServer server = ReplayServer.start(config)) {
      assertArrayEquals(signed("0042ok"), answer(server.address(), signed("0042pay 12.50")));
      assertNull(answer(server.address(), signed("0042pay 99.99")));
      byte[] forged = signed("0042pay 12.50");
      forged[forged.length - 1]++;
      assertNull(answer(server.address(), forged));
      assertTrue(server.awaitConnections(3, Duration.ofSeconds(10)));
      assertEquals(1, server.verdict().matched());
      assertEquals(2, server.verdict().differed());
    }
  }

  private static byte[] answer(InetSocketAddress server, byte[] request) throws Exception {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      new FrameWriter(socket.getOutputStream(), FrameFormat.DEFAULT).write(request);
      return new FrameReader(socket.getInputStream(), FrameFormat.DEFAULT).read();
    }
  }

  @Test
  void captures() throws Exception {
    Path file = Files.writeString(
        dir.resolve("a.rec"), "0\tc2s\t6869\n5\ts2c\t796573\n9\tc2s\t627965\n12\ts2c\t21\n");
    Path capture = dir.resolve("a.pcapng");
    Path again = dir.resolve("again.rec");
    // ----
    try (OutputStream out = Files.newOutputStream(capture)) {
      new CaptureExport(out, FrameFormat.DEFAULT, 9000).add(Conversation.of(file));
    }
    // ----
    // ----
    Detection detection = FramingDetector.ofCapture(capture, 9000).get(0);
    Framing framing = detection.candidates().get(0).framing(); // the best one
    FrameFormat format = new FrameFormat(framing, 16_777_216);
    try (CaptureImport connections = CaptureImport.open(capture, 9000, format)) {
      ImportSummary summary = connections.toFile(again, framing, System.err::println);
      assertTrue(summary.isWhole());
    }
    // ----
    assertEquals(
        4,
        Files.readAllLines(again).stream().filter(line -> line.contains("\t")).count());
  }

  private static void runClientAgainst(InetSocketAddress address) throws Exception {
    try (SimpleClient client = new SimpleClient(address, FrameFormat.DEFAULT)) {
      client.send("hello", 2, reply -> {});
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress("localhost", 0);
  }
}
