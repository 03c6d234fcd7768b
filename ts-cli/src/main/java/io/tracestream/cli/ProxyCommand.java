package io.tracestream.cli;

import io.tracestream.capture.Detection;
import io.tracestream.capture.FramingDetector;
import io.tracestream.cli.MetricsServer.Health;
import io.tracestream.codec.Framing;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.proxy.ProxyListener;
import io.tracestream.proxy.ProxyStats;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Rules;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

  @Mixin
  private MetricsOption metrics;

  @Mixin(name = "Recording:")
  private RecordOptions recording;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin(name = "Live view:")
  private ShowOption show;

  @Mixin(name = "Faults:")
  private FaultsAndFiles faults;

  @Mixin(name = "TLS with clients:")
  private ListenTlsOptions listenTls;

  @Mixin(name = "TLS with the server:")
  private TargetTlsOptions targetTls;

  @Mixin(name = "TLS in Wireshark:")
  private KeyLogOption keyLog;

  @Mixin(name = "General:")
  private LogOptions log;

  @Spec
  private CommandSpec spec;

  /** Faults are the only rules for a command that compares nothing. */
  private static final class FaultsAndFiles {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin
    private FaultOptions options;

    @Option(
        names = "--rules",
        paramLabel = "FILE",
        converter = Values.FileName.class,
        description = "Read faults from FILE, one per line: fault FAULT. Repeatable.")
    private List<Path> files = new ArrayList<>();

    private Faults faults() {
      Rules rules = RuleOptions.read(files, command);
      rules
          .toString()
          .lines()
          .filter(rule -> !rule.startsWith("fault "))
          .findFirst()
          .ifPresent(rule -> {
            throw new ParameterException(
                command.commandLine(),
                "--rules: \"" + rule
                    + "\" has no meaning for proxy, which compares nothing: leave only faults in the"
                    + " file");
          });
      return options.faults(rules.faults(), Set.of(Direction.values()));
    }
  }

  @Override
  public Integer call() throws Exception {
    log.apply();
    recording.check();
    show.load();
    if (!show.isGiven() && !show.decoders().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--decode is only valid with --show");
    }
    try (MetricsServer shown = metrics.bind()) {
      return run(shown);
    }
  }

  private int run(MetricsServer shown) throws Exception {
    Advice advice = new Advice(frames.format().framing());
    Faults injected = faults.faults();
    ClientTls withTarget = targetTls.tls();
    ServerTls withClients = listenTls.tls(server, targetTls.nameOf(target));
    keyLog.open(withClients, withTarget);
    Proxy proxy = server.start(address -> Proxy.start(config(address, advice)
        .withFaults(injected)
        .withListenTls(keyLog.of(withClients))
        .withTargetTls(keyLog.of(withTarget))));
    Shutdown.with(() -> stop(proxy));
    if (!recording.isGiven()) {
      Shutdown.decided(0); // nothing can be lost, however long it takes to close all connections
    }
    listenTls.writeAuthority();
    server.announce(proxy.address());
    show.start();
    if (!show.fillsTerminal()) {
      StatusLine.start(log, () -> traffic(proxy.stats()));
    }
    if (shown != null) {
      shown.show(
          () -> Metrics.of(
              proxy.stats(), advice.failed.sum(), advice.rejected.sum(), recording.isGiven()),
          () -> proxy.isServing() ? Health.SERVING : Health.STOPPING);
    }
    try {
      proxy.awaitStop();
    } catch (IOException e) {
      return Failures.FAILED; // the log has said why
    }
    return 0;
  }

  private ProxyConfig config(InetSocketAddress address, Advice advice) {
    return recording.addTo(ProxyConfig.of(address, target.unresolved())
        .withFormat(frames.format())
        .withFramingNamed(frames.namesFraming())
        .withMaxConnections(maxConnections == null ? 0 : maxConnections)
        .withIdleTimeout(idleTimeout)
        .withObserver(show.observer())
        .withListener(advice));
  }

  /** Names the option that helps, which the library does not know, and counts what goes wrong. */
  private static final class Advice implements ProxyListener {
    /** Connections after which it is known what is wrong. */
    private static final int MOST_LOOKED_AT = 10;
    /** Bits. */
    private static final int ABOUT_AS_GOOD = 3;

    private final Logger log = LoggerFactory.getLogger(ProxyCommand.class);
    private final Framing framing;
    private final LongAdder failed = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private int lookedAt;

    private Advice(Framing framing) {
      this.framing = framing;
    }

    @Override
    public boolean followsConnections() {
      return false;
    }

    @Override
    public void failed(long connection, String reason) {
      failed.increment();
    }

    @Override
    public void rejected(long recorded) {
      rejected.increment();
      log.warn(
          "rejected a second client: --record serves one at a time, and connection {} is still open;"
              + " use --record-dir to record many",
          recorded);
    }

    @Override
    public void notFrames(long connection, Direction direction, byte[] beginning) {
      if (lookedAt++ >= MOST_LOOKED_AT) {
        return;
      }
      Detection found = FramingDetector.ofBeginning(direction, beginning);
      List<Detection.Candidate> fitting = found.candidates();
      if (found.other() != null) {
        log.warn("connection {} {}: the first bytes are {}", connection, direction, found.other());
      } else if (fitting.stream().noneMatch(each -> each.framing().equals(framing))) {
        fitting.stream()
            .filter(each -> each.bits() > fitting.get(0).bits() - ABOUT_AS_GOOD)
            .map(each -> "--framing " + each.spec())
            .reduce((one, other) -> one + " or " + other)
            .ifPresent(options -> log.warn(
                "connection {} {}: the first bytes would be frames with {}",
                connection,
                direction,
                options));
      }
    }
  }

  private StatusLine.Figures traffic(ProxyStats stats) {
    return new StatusLine.Figures(
        stats.openConnections(),
        stats.frames(Direction.C2S) + stats.frames(Direction.S2C),
        stats.bytes(Direction.C2S) + stats.bytes(Direction.S2C),
        recording.isGiven() ? Units.bytes(stats.recordedBytes()) + " recorded" : "");
  }

  private int stop(Proxy proxy) {
    int status = 0;
    try {
      proxy.close();
    } catch (IOException e) {
      status = Failures.FAILED; // the log has said why
    }
    return show.close() ? status : Failures.FAILED;
  }
}
