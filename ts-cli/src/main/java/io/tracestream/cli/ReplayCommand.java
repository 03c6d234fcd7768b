package io.tracestream.cli;

import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Rules;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "replay",
    description =
        "Plays a recording to clients in the place of the server, and says where they differ.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ReplayCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  @Mixin
  private RunningServer server;

  @Mixin
  private PlayOptions play;

  @Option(
      names = "--connections",
      paramLabel = "N",
      converter = Connections.class,
      description = "End after N conversations; without it, when told to stop.")
  private Integer connections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = ToDuration.Positive.class,
      description = "For how long a client may send nothing, such as 10s.")
  private Duration idleTimeout;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    Timing timing = play.timing();
    Rules rules = play.rules();
    play.check();
    ReplayServer replay =
        server.start(address -> ReplayServer.start(config(address, timing, rules)));
    Ending ending = Ending.with(() -> stop(replay));
    server.announce(replay.address());
    if (connections == null) {
      return ending.awaitSignal();
    }
    replay.awaitConnections(connections, FOREVER);
    return ending.now();
  }

  private ReplayConfig config(InetSocketAddress address, Timing timing, Rules rules) {
    return ReplayConfig.of(address, play.recording())
        .withFormat(common.format())
        .withTiming(timing)
        .withRules(rules)
        .withIdleTimeout(idleTimeout)
        .withConnections(connections == null ? 0 : connections)
        .withListener(play.listener());
  }

  private int stop(ReplayServer replay) throws IOException {
    replay.close();
    Verdict verdict = replay.verdict();
    boolean all = connections == null || verdict.matched() >= connections;
    return play.conclude("replay", verdict, verdict.passed() && all);
  }

  private static final class Connections extends CommonOptions.Range {
    private Connections() {
      super(1, Integer.MAX_VALUE);
    }
  }
}
