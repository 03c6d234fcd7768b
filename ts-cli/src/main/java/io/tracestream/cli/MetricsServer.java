package io.tracestream.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Shows figures of a running command to a monitoring system: {@code /metrics} in Prometheus' text
 * format, and {@code /health}. They are made when somebody asks, and cost nothing otherwise.
 */
final class MetricsServer implements Closeable {
  private static final int THREADS = 4;
  /** How long a request and a reply may take: one that never ends would keep a thread. */
  private static final String MOST_SECONDS = "10";

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer http;
  private final ExecutorService threads;
  private final PrometheusTextFormatWriter format = PrometheusTextFormatWriter.create();
  private volatile Supplier<MetricSnapshots> figures = MetricSnapshots::new;
  private volatile Supplier<Health> health = () -> Health.STARTING;

  /** What a container's supervisor asks. */
  enum Health {
    STARTING,
    SERVING,
    STOPPING
  }

  /** Binds the address. */
  MetricsServer(InetSocketAddress address) throws IOException {
    System.setProperty("sun.net.httpserver.maxReqTime", MOST_SECONDS);
    System.setProperty("sun.net.httpserver.maxRspTime", MOST_SECONDS);
    http = HttpServer.create(address, 0);
    threads = Executors.newFixedThreadPool(THREADS, task -> {
      Thread thread = new Thread(task, "metrics");
      thread.setDaemon(true);
      return thread;
    });
    http.setExecutor(threads);
    http.createContext("/metrics", this::replyMetrics);
    http.createContext("/health", this::replyHealth);
    http.createContext("/", exchange -> reply(exchange, NOT_FOUND, "see /metrics and /health"));
    http.start();
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Shows these figures and that state from now on. */
  void show(Supplier<MetricSnapshots> now, Supplier<Health> state) {
    figures = now;
    health = state;
  }

  private void replyMetrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    format.write(text, figures.get());
    reply(exchange, OK, format.getContentType(), text.toByteArray());
  }

  private void replyHealth(HttpExchange exchange) throws IOException {
    Health now = health.get();
    int status = now == Health.SERVING ? OK : UNAVAILABLE;
    reply(exchange, status, now.name().toLowerCase(Locale.ROOT));
  }

  private static void reply(HttpExchange exchange, int status, String line) throws IOException {
    reply(exchange, status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void reply(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
      if (!isHead) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
