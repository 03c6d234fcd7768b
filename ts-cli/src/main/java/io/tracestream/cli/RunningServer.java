package io.tracestream.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import picocli.CommandLine.Option;

/** A server in the foreground, and the flag that all of them have. */
final class RunningServer {
  @Option(
      names = "--listen",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToListen.class,
      description = "Where clients connect; port 0 takes a free one.")
  private HostPort listen;

  /** Starts something that listens, and tells a user's mistakes from ours. */
  interface Starter<T> {
    T start(InetSocketAddress listen) throws IOException;
  }

  <T> T start(Starter<T> starter) throws Failures.NotStarted {
    InetSocketAddress address = listen.resolved();
    if (address.isUnresolved()) {
      throw new Failures.NotStarted(
          "--listen: found no address of " + listen.host() + ", expected one of this machine");
    }
    try {
      return starter.start(address);
    } catch (SocketException | UnsupportedAddressTypeException e) {
      throw new Failures.NotStarted("--listen: found \"" + Failures.reason(e) + "\" for " + listen
          + ", expected a free address of this machine; choose another one");
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** Says where the server listens, behind its {@link Ending}. */
  void announce(InetSocketAddress address) throws Failures.Failed {
    StandardOutput.printLine("listening on " + listen.withPort(address.getPort()));
  }
}
