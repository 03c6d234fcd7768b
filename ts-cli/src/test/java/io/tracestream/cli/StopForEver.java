package io.tracestream.cli;

import java.util.concurrent.CountDownLatch;

/** Acts as a server whose disk is stuck when a signal stops it. */
final class StopForEver {
  private StopForEver() {}

  public static void main(String[] args) throws Exception {
    Shutdown shutdown = Shutdown.with(() -> {
      new CountDownLatch(1).await();
      return 0;
    });
    Shutdown.installHook();
    StandardOutput.printLine("listening on 127.0.0.1:1");
    shutdown.awaitSignal();
  }
}
