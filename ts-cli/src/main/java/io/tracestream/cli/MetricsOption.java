package io.tracestream.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The option that lets a monitoring system look at a server. */
final class MetricsOption {
  @Option(
      names = "--metrics",
      paramLabel = "H:P",
      converter = HostPort.ToListen.class,
      description = "Serve figures for Prometheus at http://H:P/metrics, and /health, which answers"
          + " 200 while frames are served.")
  private HostPort address;

  /**
   * Binds the address; call it before anything else is started or changed. Until something is
   * shown, /health says that it is starting.
   *
   * @return what was bound; null if the option was not given
   */
  MetricsServer bind() throws Failures.NotStarted {
    if (address == null) {
      return null;
    }
    InetSocketAddress resolved = address.resolvedToListen("--metrics");
    try {
      MetricsServer server = new MetricsServer(resolved);
      LoggerFactory.getLogger(MetricsOption.class)
          .info("metrics at http://{}/metrics", address.withPort(server.port()));
      return server;
    } catch (IOException | UnsupportedAddressTypeException e) {
      throw new Failures.NotStarted("--metrics: cannot listen on " + address + ": "
          + Failures.reason(e) + "; choose another address");
    }
  }
}
