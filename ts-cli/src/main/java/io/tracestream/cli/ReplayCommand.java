package io.tracestream.cli;

import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "replay",
    description =
        "Plays a recording to clients in the place of the server, and says where they differ.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ReplayCommand implements Callable<Integer> {
  @Mixin
  private RunningServer server;

  @Option(
      names = "--record",
      required = true,
      paramLabel = "FILE",
      converter = ToFile.class,
      description = "The recording to play.")
  private Path recording;

  @Option(
      names = "--timing",
      paramLabel = "original|none",
      defaultValue = "original",
      converter = ToTiming.class,
      description = "Keep the recorded pauses, or send at once (default: ${DEFAULT-VALUE}).")
  private Timing timing;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    ReplayServer replay = server.start(address -> ReplayServer.start(config(address)));
    server.announce(replay.address(), () -> stop(replay));
    return server.awaitSignal();
  }

  private ReplayConfig config(InetSocketAddress address) {
    return ReplayConfig.of(address, recording).withFormat(common.format()).withTiming(timing);
  }

  private static int stop(ReplayServer replay) throws IOException {
    replay.close();
    Verdict verdict = replay.verdict();
    LoggerFactory.getLogger(ReplayCommand.class).info("{}", verdict);
    return verdict.passed() ? 0 : Failures.FAILED;
  }

  private static final class ToTiming implements ITypeConverter<Timing> {
    @Override
    public Timing convert(String value) {
      return switch (value) {
        case "original" -> Timing.ORIGINAL;
        case "none" -> Timing.NONE;
        default ->
          throw new TypeConversionException("found \"" + value + "\", expected original or none");
      };
    }
  }
}
