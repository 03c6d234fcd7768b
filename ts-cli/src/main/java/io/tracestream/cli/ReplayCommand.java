package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Selection;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "replay",
    description =
        "Plays a recording to clients in the place of the server, and says where they differ.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ReplayCommand implements Callable<Integer> {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  @Spec
  private CommandSpec command;

  @Mixin
  private RunningServer server;

  @Mixin
  private PlayOptions play;

  @Option(
      names = "--select",
      paramLabel = "order|match",
      converter = ToSelection.class,
      description = {
        "Of a folder, play the next conversation, or the first one",
        "that agrees with all frames so far (default: order)."
      })
  private Selection selection;

  @Option(
      names = "--repeat",
      description = "Start over when all conversations of a folder were played.")
  private boolean repeat;

  @Option(
      names = "--connections",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "End after N conversations; without it, when told to stop.")
  private Integer connections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = Values.PositiveTime.class,
      description = "For how long a client may send nothing, such as 10s.")
  private Duration idleTimeout;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    Timing timing = play.timing();
    Rules rules = play.rules();
    requireDirectory("--select", selection != null);
    requireDirectory("--repeat", repeat);
    play.check();
    List<Conversation> conversations = play.conversations();
    ReplayServer replay =
        server.start(address -> ReplayServer.start(config(address, conversations, timing, rules)));
    Ending ending = Ending.with(() -> stop(replay));
    server.announce(replay.address());
    if (connections == null) {
      return ending.awaitSignal();
    }
    replay.awaitConnections(connections, FOREVER);
    return ending.now();
  }

  private void requireDirectory(String flag, boolean given) {
    if (given && !play.isDirectory()) {
      throw new ParameterException(
          command.commandLine(),
          flag + " is only valid with --record-dir: each client plays the one --record file");
    }
  }

  private ReplayConfig config(
      InetSocketAddress address, List<Conversation> conversations, Timing timing, Rules rules) {
    return ReplayConfig.of(address, conversations)
        .withSelection(selection == null ? Selection.ORDER : selection)
        .withRepeat(repeat || !play.isDirectory())
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
    return play.conclude("replay", verdict, verdict.passed() && verdict.incomplete() == 0 && all);
  }

  private static final class ToSelection implements ITypeConverter<Selection> {
    @Override
    public Selection convert(String value) {
      return switch (value) {
        case "order" -> Selection.ORDER;
        case "match" -> Selection.MATCH;
        default ->
          throw new TypeConversionException("found \"" + value + "\", expected order or match");
      };
    }
  }
}
