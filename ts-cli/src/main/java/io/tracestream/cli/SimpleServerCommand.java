package io.tracestream.cli;

import io.tracestream.examples.SimpleServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "simple_server",
    aliases = "simple-server",
    description = "Sends every payload back as it came.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class SimpleServerCommand implements Callable<Integer> {
  @Option(
      names = "--listen",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToListen.class,
      description = "Where clients connect; port 0 takes a free one.")
  private HostPort listen;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    SimpleServer server =
        RunningServer.start(listen, address -> SimpleServer.start(address, common.format()));
    RunningServer.announce(listen, server.address(), () -> {
      server.close();
      return 0;
    });
    return RunningServer.awaitSignal();
  }
}
