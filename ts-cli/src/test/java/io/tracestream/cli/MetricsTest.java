package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tracestream.testing.Await;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What a monitoring system sees of the servers. */
@ResourceLock(Resources.SYSTEM_ERR)
class MetricsTest {
  private static final Pattern PLACE = Pattern.compile("metrics at (http://\\S+)/metrics");

  @TempDir
  private Path dir;

  /** Where the server says that its figures are. */
  private static String place(Run.Started server) throws IOException {
    server.awaitStderr("/metrics");
    Matcher found = PLACE.matcher(server.stderr());
    assertTrue(found.find(), server.stderr());
    return found.group(1);
  }

  private static HttpResponse<String> get(String address, String... headers) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Waits for a scrape that has that line. */
  private static void awaitLine(String place, String line) throws IOException {
    StringBuilder last = new StringBuilder();
    boolean found = Await.until(() -> {
      last.setLength(0);
      last.append(get(place + "/metrics").body());
      return last.toString().lines().anyMatch(line::equals);
    });
    assertTrue(found, line + " is not in " + last);
  }

  @Test
  void aProxyCountsWhatItForwardsAndRecords() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget listening = TestTarget.start();
        Run.Started proxy = Run.proxy(
            listening.address(),
            "--record",
            file.toString(),
            "--header-len",
            "2",
            "--metrics",
            "127.0.0.1:0")) {
      try (TestPeer client = TestPeer.connect(proxy.awaitListening());
          TestPeer target = listening.accept()) {
        String place = place(proxy);
        client.send("0001 61 0002 6162");
        target.await(7);
        target.send("0001 62");
        client.await(3);
        awaitLine(place, "tsproxy_frames_total{direction=\"c2s\"} 2.0");
        awaitLine(place, "tsproxy_frames_total{direction=\"s2c\"} 1.0");
        awaitLine(place, "tsproxy_frame_bytes_total{direction=\"c2s\"} 7.0");
        awaitLine(place, "tsproxy_connections_total 1.0");
        awaitLine(place, "tsproxy_open_connections 1.0");
        awaitLine(place, "tsproxy_connection_failures_total 0.0");
        awaitLine(place, "tsproxy_recording_unwritten_bytes 0.0"); // after a second
        awaitLine(place, "tsproxy_recorded_bytes_total " + (double) Files.size(file));
        awaitLine(place, "tsproxy_log_lines_dropped_total 0.0");
        assertTrue(get(place + "/metrics").body().contains("\ntsproxy_event_loop_delay_seconds "));
        HttpResponse<String> health = get(place + "/health");
        assertEquals(200, health.statusCode());
        assertEquals("serving\n", health.body());
        assertEquals(404, get(place + "/").statusCode());
        client.send("ffff 00").endSending();
        awaitLine(place, "tsproxy_connection_failures_total 1.0");
        awaitLine(place, "tsproxy_open_connections 0.0");
      }
      Files.delete(file); // which ends the proxy
      assertEquals(1, proxy.awaitStatus());
    }
  }

  @Test
  void aReplayCountsItsSessions() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t6162\n0\ts2c\t62\n");
    try (Run.Started replay = Run.replay(
        file,
        "--header-len",
        "2",
        "--ignore",
        "c2s:0+1",
        "--connections",
        "3",
        "--metrics",
        "127.0.0.1:0")) {
      var address = replay.awaitListening();
      String place = place(replay);
      for (String frame : List.of("0002 6062", "0002 6063")) {
        try (TestPeer client = TestPeer.connect(address)) {
          client.send(frame).endSending().awaitEnd();
        }
      }
      awaitLine(place, "tsproxy_sessions_total{outcome=\"matched\"} 1.0");
      awaitLine(place, "tsproxy_sessions_total{outcome=\"differed\"} 1.0");
      awaitLine(place, "tsproxy_mismatches_total 1.0");
      awaitLine(place, "tsproxy_frames_total{direction=\"c2s\"} 2.0");
      awaitLine(place, "tsproxy_compared_bytes_total 1.0");
      awaitLine(place, "tsproxy_open_bytes_total 1.0");
      String body = get(place + "/metrics").body();
      assertTrue(body.contains("\ntsproxy_longest_lateness_seconds "), body);
      assertEquals("serving\n", get(place + "/health").body());
      try (TestPeer client = TestPeer.connect(address)) {
        client.send("0002 6062").endSending().awaitEnd();
      }
      assertEquals(1, replay.awaitStatus());
    }
  }

  @Test
  void eachMetricHasTheNameAndTheTypeThatPrometheusWants() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n");
    try (Run.Started replay = Run.replay(file, "--connections", "1", "--metrics", "127.0.0.1:0")) {
      var address = replay.awaitListening();
      // What a Prometheus asks for that prefers another format.
      HttpResponse<String> scrape = get(
          place(replay) + "/metrics",
          "Accept",
          "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;q=0.6,*/*;q=0.1");
      assertEquals(200, scrape.statusCode());
      String type = scrape.headers().firstValue("Content-Type").orElse("");
      assertTrue(type.startsWith("text/plain; version=0.0.4"), type);
      for (String line : scrape.body().lines().toList()) {
        String[] words = line.split(" ");
        if (line.startsWith("# TYPE ")) {
          assertEquals(words[3].equals("counter"), words[2].endsWith("_total"), line);
        } else if (line.startsWith("# HELP ")) {
          assertTrue(line.endsWith("."), line);
        } else {
          assertTrue(line.matches("(tsproxy|process)_[a-z_]+(\\{[a-z]+=\".*\"})? \\S+"), line);
        }
      }
      TestPeer.connect(address).close();
    }
  }

  @Test
  void anAddressInUseIsRefusedBeforeAnEarlierRecordingIsReplaced() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Run run = Run.of(
          "proxy",
          "--listen",
          "127.0.0.1:0",
          "--target",
          "127.0.0.1:1",
          "--record",
          file.toString(),
          "--metrics",
          address);
      assertEquals(3, run.status());
      assertTrue(
          run.stderr().startsWith("ts-proxy: --metrics: cannot listen on " + address + ": "),
          run.stderr());
      assertTrue(run.stderr().endsWith("; choose another address\n"), run.stderr());
    }
    assertEquals("0\tc2s\t61\n", Files.readString(file));
  }

  @Test
  void whatIsNotServingIsNotHealthy() throws Exception {
    try (MetricsServer server = new MetricsServer(new InetSocketAddress("127.0.0.1", 0))) {
      String place = "http://127.0.0.1:" + server.port();
      assertEquals(503, get(place + "/health").statusCode());
      assertEquals("starting\n", get(place + "/health").body());
      assertEquals("", get(place + "/metrics").body());
      server.show(MetricSnapshots::new, () -> MetricsServer.Health.STOPPING);
      HttpResponse<String> health = get(place + "/health");
      assertEquals(503, health.statusCode());
      assertEquals("stopping\n", health.body());
      HttpResponse<Void> head = HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(place + "/health"))
                  .method("HEAD", HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      assertEquals(503, head.statusCode());
    }
  }
}
