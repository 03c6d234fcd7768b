package io.tracestream.cli;

import io.tracestream.examples.SimpleServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "simple_server",
    aliases = "simple-server",
    description = "Sends every payload back as it came.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class SimpleServerCommand implements Callable<Integer> {
  @Mixin
  private RunningServer server;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    SimpleServer simple = server.start(address -> SimpleServer.start(address, common.format()));
    Ending ending = Ending.with(() -> {
      simple.close();
      return 0;
    });
    server.announce(simple.address());
    return ending.awaitSignal();
  }
}
