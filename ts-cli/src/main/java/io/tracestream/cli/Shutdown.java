package io.tracestream.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the process ends. A command that is done and one that a signal stops end the same way, and
 * once.
 */
final class Shutdown {
  // A signal ends the process within two seconds, whatever disks and the readers of our output do.
  // The JVM may take 0.3 s of these for threads that wait for a disk or a reader. Tests that are
  // not about that time give more, as a busy machine needs more.
  private static final long STOP_MILLIS = Long.getLong("ts-proxy.stop.millis", 1300);
  private static final long LOG_MILLIS = 200;

  /** How long a server that is done waits for a reader of its log that takes nothing. */
  private static final long STALL_MILLIS = 1000;

  /** How long a command waits for what only a signal need end. */
  static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** How to stop the running command; null if it needs no stopping. */
  private static volatile Shutdown current;

  private final FutureTask<Integer> stop;
  /** The command's own status; 0 until it has one. */
  private volatile int status;
  /** What stopping will return, once that is known. */
  private volatile Integer decided;

  private Shutdown(Callable<Integer> stop) {
    this.stop = new FutureTask<>(() -> {
      StandardError.endStatus();
      return stop.call();
    });
  }

  /** Runs {@code stop} when a signal comes; it returns the exit status. */
  static Shutdown with(Callable<Integer> stop) {
    Shutdown shutdown = new Shutdown(stop);
    current = shutdown;
    return shutdown;
  }

  /** Fixes the exit status: what is left to do may be held up, but cannot fail. */
  static void decided(int status) {
    if (current != null) {
      current.decided = status;
    }
  }

  /**
   * Fixes the exit status, and prints a summary, so that it comes last on a terminal.
   *
   * @return the exit status, which is another one if the summary cannot be printed
   */
  static int conclude(int status, String summary) {
    decided(status);
    StandardError.awaitWritten(LOG_MILLIS, LOG_MILLIS);
    try {
      StandardOutput.printLine(summary);
      return status;
    } catch (Failures.Failed e) {
      Failures.say(e.getMessage());
      return Failures.FAILED;
    }
  }

  /** Has a signal stop the command that runs then. */
  static void installHook() {
    Thread hook = new Thread(
        () -> {
          if (current != null) {
            current.end();
          }
        },
        "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Ends the process with a command's status, or if that is 0, with what stopping it returns. */
  static void exit(int status) {
    Shutdown shutdown = current;
    if (shutdown == null) {
      StandardError.awaitWritten(StandardError.FOREVER, StandardError.FOREVER);
    } else {
      shutdown.status = status;
      StandardError.awaitWritten(STALL_MILLIS, StandardError.FOREVER);
    }
    System.exit(status);
  }

  private void end() {
    Thread thread = new Thread(stop, "stopping");
    thread.setDaemon(true);
    thread.start();
    int stopped = Failures.FAILED;
    try {
      stopped = stop.get(STOP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Failures.say("stopping: " + Failures.reason(e.getCause()));
    } catch (InterruptedException | TimeoutException e) {
      if (decided != null) {
        stopped = decided;
      } else {
        Failures.say("stopping took longer than " + STOP_MILLIS
            + " ms: a disk may be stuck, or the machine too busy");
      }
    }
    StandardError.awaitWritten(LOG_MILLIS, LOG_MILLIS);
    // The JVM would end with 128 + the signal's number; a signal is the normal way to stop a
    // server.
    Runtime.getRuntime().halt(status == 0 ? stopped : status);
  }

  /** Waits for the signal that ends the process. */
  int awaitSignal() throws InterruptedException {
    new CountDownLatch(1).await();
    return 0;
  }

  /** Stops the command, which is done, and returns the exit status. */
  int now() throws Exception {
    stop.run();
    try {
      return stop.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
