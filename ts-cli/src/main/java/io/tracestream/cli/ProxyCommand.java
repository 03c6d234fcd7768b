package io.tracestream.cli;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "proxy",
    description = "Forwards whole frames between clients and a target, and records them.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ProxyCommand implements Callable<Integer> {
  @Mixin
  private RunningServer server;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Where to connect for each client.")
  private HostPort target;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "How many clients to serve at a time; further ones wait. Default: any number.")
  private Integer maxConnections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      converter = Values.PositiveTime.class,
      description = "Close a connection on which nothing has passed for that time. Default: never.")
  private Duration idleTimeout;

  @Mixin
  private RecordOptions recording;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    common.applyLoudness();
    recording.check();
    Proxy proxy = server.start(address -> Proxy.start(config(address)));
    Ending.with(() -> stop(proxy));
    server.announce(proxy.address());
    try {
      proxy.awaitStop();
    } catch (IOException e) {
      return Failures.FAILED; // the log has said why
    }
    return 0;
  }

  private ProxyConfig config(InetSocketAddress address) {
    return recording.addTo(ProxyConfig.of(address, target.unresolved())
        .withFormat(common.format())
        .withMaxConnections(maxConnections == null ? 0 : maxConnections)
        .withIdleTimeout(idleTimeout));
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
