package io.tracestream.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/**
 * A server in the foreground, and the flag that all of them have: it runs until it is told to stop.
 */
final class RunningServer {
  /** SIGTERM is answered within two seconds, whatever the disk does. */
  private static final long STOP_MILLIS = 1700;

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

  /**
   * Says where the server listens, and has {@code stop} run when the process is told to end: what
   * it gives is the exit status.
   */
  void announce(InetSocketAddress address, Callable<Integer> stop) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop), "stop"));
    System.out.println("listening on " + listen.withPort(address.getPort()));
    System.out.flush();
  }

  private static void stop(Callable<Integer> stop) {
    FutureTask<Integer> stopping = new FutureTask<>(stop);
    Thread thread = new Thread(stopping, "stopping");
    thread.setDaemon(true);
    thread.start();
    int status = Failures.FAILED;
    try {
      status = stopping.get(STOP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException e) {
      Failures.say("stopping: found " + e + ", expected to be done in time");
    }
    // The JVM would end with 128 + the signal's number; a signal is the normal way to stop a
    // server.
    Runtime.getRuntime().halt(status);
  }

  /** Waits for the signal that ends the process. */
  int awaitSignal() throws InterruptedException {
    new CountDownLatch(1).await();
    return 0;
  }
}
