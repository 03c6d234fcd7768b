package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tracestream.cli.MetricsServer.Health;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The container's entry point without a container. */
class ContainerIT {
  @TempDir
  private Path dir;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "MODE, PROXY, proxy or replay",
        "LISTEN, 9000, HOST:PORT with a port from 0 to 65535",
        "LISTEN, ::1:9000, HOST:PORT with a port from 0 to 65535",
        "LISTEN, 127.0.0.256:0, an IPv4 address of four numbers up to 255",
        "TARGET, 1.2.3:5, an IPv4 address of four numbers up to 255",
        "TARGET, a:0, HOST:PORT with a port from 1 to 65535",
        "FLUSH_RECORDING, yes, true or false",
        "TIMING, slow, original or none",
        "HEADER_LEN, 0, 1 to 16",
        "METRICS, 127.0.0.1:0, HOST:PORT with a port from 1 to 65535",
        "HEADER_LEN, 17, 1 to 16",
        "HEADER_LEN, x, 1 to 16",
        "MAX_PAYLOAD_LEN, -1, 0 to 2147483639",
        "MAX_PAYLOAD_LEN, 2147483640, 0 to 2147483639"
      })
  void aWrongValueIsRefusedWithTheVariablesName(String name, String value, String expected)
      throws Exception {
    Map<String, String> variables = new HashMap<>(Map.of("TS_PROXY_TARGET", "a:1"));
    variables.put("TS_PROXY_" + name, value);
    try (App app = App.startContained(variables)) {
      assertEquals(2, app.awaitStatus());
      assertEquals(
          "ts-proxy: TS_PROXY_" + name + ": found \"" + value + "\", expected " + expected + "\n",
          app.stderr());
    }
  }

  @Test
  void aProxyWithoutTargetIsRefused() throws Exception {
    try (App app = App.startContained(Map.of("TS_PROXY_TARGET", ""))) {
      assertEquals(2, app.awaitStatus());
      assertEquals(
          "ts-proxy: TS_PROXY_TARGET: not set; set it to HOST:PORT of the server to forward to\n",
          app.stderr());
    }
  }

  @Test
  void theHealthCheckAsksTheMetricsServer() throws Exception {
    AtomicReference<Health> health = new AtomicReference<>(Health.SERVING);
    String address;
    try (MetricsServer server = new MetricsServer(new InetSocketAddress("127.0.0.1", 0))) {
      server.show(MetricSnapshots::new, health::get);
      address = "127.0.0.1:" + server.port();
      assertEquals(0, healthCheck(address));
      health.set(Health.STOPPING);
      assertEquals(1, healthCheck(address));
    }
    assertEquals(1, healthCheck(address));
    assertEquals(0, healthCheck(""));
  }

  private static int healthCheck(String metrics) throws Exception {
    Map<String, String> variables = Map.of("TS_PROXY_METRICS", metrics);
    try (App check = App.startScript(variables, "exec \"$scripts/docker-healthcheck.sh\"")) {
      return check.awaitStatus();
    }
  }

  @Test
  void theVariablesNameTheAddressOfTheMetrics() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> variables = Map.of(
        "TS_PROXY_TARGET",
        "127.0.0.1:1",
        "TS_PROXY_LISTEN",
        "127.0.0.1:0",
        "TS_PROXY_METRICS",
        "127.0.0.1:" + port);
    try (App proxy = App.startContained(variables)) {
      proxy.awaitListening();
      proxy.awaitStderr("metrics at http://127.0.0.1:" + port + "/metrics");
      assertEquals(0, healthCheck("127.0.0.1:" + port));
    }
  }

  @Test
  void aReplayWithoutRecordingIsRefused() throws Exception {
    try (App app = App.startContained(Map.of("TS_PROXY_MODE", "replay"))) {
      assertEquals(2, app.awaitStatus());
      assertEquals(
          "ts-proxy: TS_PROXY_RECORD: not set; set it to the recording to replay\n", app.stderr());
    }
  }

  @Test
  void theVariablesRecordAndReplayAConversation() throws Exception {
    String file = dir.resolve("hello.rec").toString();
    Map<String, String> common = Map.of(
        "TS_PROXY_LISTEN",
        "127.0.0.1:0",
        "TS_PROXY_RECORD",
        file,
        "TS_PROXY_HEADER_LEN",
        "2",
        "TS_PROXY_MAX_PAYLOAD_LEN",
        "");
    try (TestTarget listening = TestTarget.start();
        App proxy = App.startContained(with(
            common,
            "TS_PROXY_TARGET",
            "127.0.0.1:" + listening.address().getPort(),
            "TS_PROXY_FLUSH_RECORDING",
            "true"));
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer target = listening.accept()) {
      client.send("0001 61");
      target.send(target.await(3));
      assertEquals("000161", client.await(3));
      assertTrue(Files.readString(Path.of(file)).endsWith("\ts2c\t61\n"));
      assertEquals(0, proxy.terminate().awaitStatus());
    }
    try (App replay =
            App.startContained(with(common, "TS_PROXY_MODE", "replay", "TS_PROXY_TIMING", "none"));
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("000161", client.send("0001 61").endSending().awaitEnd());
      assertEquals(0, replay.terminate().awaitStatus());
    }
  }

  @Test
  void aReplayTakesTheFramingFromItsRecording() throws Exception {
    Path file = dir.resolve("named.rec");
    Files.writeString(
        file, "# ts_proxy recording v1\n# framing length=2,order=little\n0\tc2s\t61\n0\ts2c\t62\n");
    Map<String, String> variables = Map.of(
        "TS_PROXY_MODE",
        "replay",
        "TS_PROXY_LISTEN",
        "127.0.0.1:0",
        "TS_PROXY_RECORD",
        file.toString());
    try (App replay = App.startContained(variables);
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      assertEquals("010062", client.send("0100 61").endSending().awaitEnd());
    }
  }

  private static Map<String, String> with(Map<String, String> common, String... more) {
    Map<String, String> all = new HashMap<>(common);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }
}
