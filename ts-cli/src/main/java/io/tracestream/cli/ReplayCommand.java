package io.tracestream.cli;

import io.tracestream.cli.MetricsServer.Health;
import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.replay.AtEnd;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.ReplayStats;
import io.tracestream.replay.Selection;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Rules;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    description =
        "Plays a recording to clients in place of the server, and reports where they differ.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy replay --listen H:P (--record FILE | --record-dir DIR) [OPTIONS]",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy replay --listen 127.0.0.1:9000 --record a.rec",
      "  ts-proxy replay --listen 127.0.0.1:0 --record-dir DIR --report results.xml"
    })
final class ReplayCommand implements Callable<Integer> {

  @Spec
  private CommandSpec command;

  @Mixin
  private RunningServer server;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private PlayOptions play;

  @Option(
      names = "--select",
      paramLabel = "order|match",
      converter = ToSelection.class,
      description =
          "Which recording of a folder a client gets: the next one, or the first that matches its"
              + " frames. Default: order.")
  private Selection selection;

  @Option(
      names = "--repeat",
      description = "Start over when all recordings of a folder have been played.")
  private boolean repeat;

  @Option(
      names = "--at-end",
      paramLabel = "close|hold",
      converter = ToAtEnd.class,
      description = "After the last entry, close the connection, or hold it open until the client"
          + " ends it. Default: as recorded, or else close.")
  private AtEnd atEnd;

  @Option(
      names = "--stub",
      description =
          "Answer each request with its recorded reply, in any order and any number of times.")
  private boolean stub;

  @Option(
      names = "--strict-use",
      description = "With --stub: fail if clients did not send every recorded request.")
  private boolean strictUse;

  @Option(
      names = "--connections",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "End after N connections. Default: run until stopped.")
  private Integer connections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = Values.PositiveTime.class,
      description = "How long a client may send nothing, such as 10s. Default: any time.")
  private Duration idleTimeout;

  @Mixin
  private MetricsOption metrics;

  @Mixin(name = "Faults:")
  private FaultOptions faults;

  @Mixin(name = "TLS with clients:")
  private ListenTlsOptions listenTls;

  @Mixin(name = "TLS in Wireshark:")
  private KeyLogOption keyLog;

  @Mixin(name = "General:")
  private LogOptions log;

  private volatile boolean stopping;

  @Override
  public Integer call() throws Exception {
    log.apply();
    Timing timing = play.timing();
    Rules rules = play.rules();
    requireDirectory("--select", selection != null);
    requireDirectory("--repeat", repeat);
    if (strictUse && !stub) {
      throw wrong("--strict-use is only valid with --stub");
    }
    if (stub && (selection != null || repeat)) {
      throw wrong((repeat ? "--repeat" : "--select")
          + " cannot be combined with --stub, which answers from all recordings");
    }
    Faults injected = faults.faults(rules.faults(), Set.of(Direction.S2C));
    play.check();
    List<Conversation> conversations = play.conversations();
    FrameFormat format = frames.formatOf(conversations);
    play.prepareReport(conversations, format);
    ServerTls tls = listenTls.tls(server);
    keyLog.open(tls, null);
    try (MetricsServer shown = metrics.bind()) {
      return run(
          address -> ReplayServer.start(config(address, conversations, format, timing, rules)
              .withFaults(injected)
              .withListenTls(keyLog.of(tls))),
          shown);
    }
  }

  private int run(RunningServer.Starter<ReplayServer> starter, MetricsServer shown)
      throws Exception {
    ReplayServer replay = server.start(starter);
    Shutdown shutdown = Shutdown.with(() -> stop(replay));
    listenTls.writeAuthority();
    server.announce(replay.address());
    play.show().start();
    if (!play.show().fillsTerminal()) {
      StatusLine.start(log, () -> traffic(replay));
    }
    if (shown != null) {
      shown.show(
          () -> Metrics.of(replay.stats(), replay.verdict()),
          () -> stopping ? Health.STOPPING : Health.SERVING);
    }
    if (connections == null) {
      return shutdown.awaitSignal();
    }
    replay.awaitConnections(connections, Shutdown.FOREVER);
    return shutdown.now();
  }

  private void requireDirectory(String flag, boolean given) {
    if (given && !play.isDirectory()) {
      throw wrong(
          flag + " is only valid with --record-dir: each client plays the one --record file");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private ReplayConfig config(
      InetSocketAddress address,
      List<Conversation> conversations,
      FrameFormat format,
      Timing timing,
      Rules rules) {
    return ReplayConfig.of(address, conversations)
        .withSelection(selection == null ? Selection.ORDER : selection)
        .withRepeat(repeat || !play.isDirectory())
        .withFormat(format)
        .withTiming(timing)
        .withRules(rules)
        .withIdleTimeout(idleTimeout)
        .withAtEnd(atEnd == null ? AtEnd.AS_RECORDED : atEnd)
        .withStub(stub)
        .withStrictUse(strictUse)
        .withConnections(connections == null ? 0 : connections)
        .withObserver(play.show().observer())
        .withListener(play.listener());
  }

  private static StatusLine.Figures traffic(ReplayServer replay) {
    ReplayStats stats = replay.stats();
    Verdict verdict = replay.verdict();
    return new StatusLine.Figures(
        stats.openConnections(),
        stats.frames(),
        stats.bytes(),
        verdict.matched() + " of " + verdict.played() + " played matched");
  }

  private int stop(ReplayServer replay) throws IOException {
    stopping = true;
    replay.close();
    Verdict verdict = replay.verdict();
    boolean enough = connections == null || verdict.matched() >= connections;
    return play.conclude("replay", verdict, enough);
  }

  private static final class ToSelection extends Values.Either<Selection> {
    private ToSelection() {
      super("order", Selection.ORDER, "match", Selection.MATCH);
    }
  }

  private static final class ToAtEnd extends Values.Either<AtEnd> {
    private ToAtEnd() {
      super("close", AtEnd.CLOSE, "hold", AtEnd.HOLD);
    }
  }
}
