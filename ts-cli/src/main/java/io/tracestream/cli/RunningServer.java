package io.tracestream.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import picocli.CommandLine.Option;

/** The address of a server, which all servers take as an option. */
final class RunningServer {
  @Option(
      names = "--listen",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToListen.class,
      description = "Host and port to accept clients on. Port 0 picks a free port.")
  private HostPort listen;

  /** Starts a server. */
  interface Starter<T> {
    T start(InetSocketAddress listen) throws IOException;
  }

  <T> T start(Starter<T> starter) throws Failures.NotStarted {
    InetSocketAddress address = listen.resolvedToListen("--listen");
    try {
      return starter.start(address);
    } catch (SocketException | UnsupportedAddressTypeException e) {
      throw new Failures.NotStarted("--listen: cannot listen on " + listen + ": "
          + Failures.reason(e) + "; choose another address");
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** The host that clients are told to connect to, if it is a certain one. */
  List<String> hosts() {
    InetAddress address = listen.resolved().getAddress();
    return address != null && address.isAnyLocalAddress() ? List.of() : List.of(listen.host());
  }

  /** Prints where the server listens. Call it once the {@link Shutdown} is known. */
  void announce(InetSocketAddress address) throws Failures.Failed {
    StandardOutput.printLine("listening on " + listen.withPort(address.getPort()));
  }
}
