package io.tracestream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** Acts as a server whose stdout fails after the server has given up waiting for it. */
final class FailLate {
  private FailLate() {}

  public static void main(String[] args) throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    Shutdown shutdown = Shutdown.with(() -> 0);
    Shutdown.installHook();
    StandardOutput.redirect(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        try {
          waiting.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new IOException("no room");
      }
    });
    StandardOutput.printLine("listening");
    waiting.countDown();
    shutdown.awaitSignal();
  }
}
