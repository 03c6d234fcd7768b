package io.tracestream.cli;

import io.tracestream.examples.SimpleServer;
import io.tracestream.tls.ServerTls;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "simple_server",
    aliases = "simple-server",
    description = "Sends every payload back as it came. For trying things out.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy simple_server --listen H:P [OPTIONS]",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  ts-proxy simple_server --listen 127.0.0.1:9001"})
final class SimpleServerCommand implements Callable<Integer> {
  @Mixin
  private RunningServer server;

  @Mixin(name = "TLS with clients:")
  private ListenTlsOptions listenTls;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin(name = "General:")
  private LogOptions log;

  @Override
  public Integer call() throws Exception {
    log.apply();
    ServerTls tls = listenTls.tls(server);
    SimpleServer simple =
        server.start(address -> SimpleServer.start(address, frames.format(), tls));
    Shutdown shutdown = Shutdown.with(() -> {
      simple.close();
      return 0;
    });
    listenTls.writeAuthority();
    server.announce(simple.address());
    return shutdown.awaitSignal();
  }
}
