package io.tracestream.cli;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.proxy.ProxyListener;
import io.tracestream.proxy.ProxyStats;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "proxy",
    description = "Forwards frames between clients and a server, and records them.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy proxy --listen H:P --target H:P [OPTIONS]",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy proxy --listen 127.0.0.1:9000 --target HOST:5000 --record a.rec",
      "  ts-proxy proxy --listen 0.0.0.0:9000 --target HOST:5000 --record-dir DIR"
    })
final class ProxyCommand implements Callable<Integer> {
  @Mixin
  private RunningServer server;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Host and port of the server, which is connected to for each client.")
  private HostPort target;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "Serve at most N clients at a time; others wait. Default: no limit.")
  private Integer maxConnections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = Values.PositiveTime.class,
      description =
          "Close a connection after TIME without a frame, such as 30s or 5m. Default: never.")
  private Duration idleTimeout;

  @Mixin(name = "Recording:")
  private RecordOptions recording;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin(name = "General:")
  private LogOptions log;

  @Override
  public Integer call() throws Exception {
    log.apply();
    recording.check();
    Proxy proxy = server.start(address -> Proxy.start(config(address)));
    Shutdown.with(() -> stop(proxy));
    server.announce(proxy.address());
    StatusLine.start(log, () -> traffic(proxy.stats()));
    try {
      proxy.awaitStop();
    } catch (IOException e) {
      return Failures.FAILED; // the log has said why
    }
    return 0;
  }

  private ProxyConfig config(InetSocketAddress address) {
    return recording.addTo(ProxyConfig.of(address, target.unresolved())
        .withFormat(frames.format())
        .withFramingNamed(frames.namesFraming())
        .withMaxConnections(maxConnections == null ? 0 : maxConnections)
        .withIdleTimeout(idleTimeout)
        .withListener(new Advice()));
  }

  /** Names the option that helps, where the library can only name a method. */
  private static final class Advice implements ProxyListener {
    private final Logger log = LoggerFactory.getLogger(ProxyCommand.class);

    @Override
    public void rejected(long recorded) {
      log.warn(
          "rejected a second client: --record serves one at a time, and connection {} is still open;"
              + " use --record-dir to record many",
          recorded);
    }
  }

  private StatusLine.Figures traffic(ProxyStats stats) {
    return new StatusLine.Figures(
        stats.openConnections(),
        stats.frames(Direction.C2S) + stats.frames(Direction.S2C),
        stats.bytes(Direction.C2S) + stats.bytes(Direction.S2C),
        recording.isGiven() ? Units.bytes(stats.recordedBytes()) + " recorded" : "");
  }

  private static int stop(Proxy proxy) {
    try {
      proxy.close();
      return 0;
    } catch (IOException e) {
      return Failures.FAILED; // the log has said why
    }
  }
}
