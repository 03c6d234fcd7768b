package io.tracestream.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the process ends. A command that runs until it is told to stop, or is done, ends the same way
 * in both cases, and once.
 */
final class Ending {
  // SIGTERM is answered within two seconds, whatever disks and the readers of our output do. The
  // JVM takes up to 0.3 s of these for threads that wait for those.
  private static final long STOP_MILLIS = 1300;
  private static final long LOG_MILLIS = 200;

  /** For how long a server that is done waits for a reader of its log who takes nothing. */
  private static final long STALL_MILLIS = 1000;

  /** The one of the command that runs; null while it is none that has to be stopped. */
  private static volatile Ending current;

  private final FutureTask<Integer> stop;
  /** The command's own status; 0 until it has one. */
  private volatile int status;

  private Ending(Callable<Integer> stop) {
    this.stop = new FutureTask<>(stop);
  }

  /** Has {@code stop} run when the process is told to end: what it gives is the exit status. */
  static Ending with(Callable<Integer> stop) {
    Ending ending = new Ending(stop);
    current = ending;
    Runtime.getRuntime().addShutdownHook(new Thread(ending::end, "stop"));
    return ending;
  }

  /** Ends the process with a command's status, or else with what stopping it gives. */
  static void exit(int status) {
    Ending ending = current;
    if (ending == null) {
      StandardError.awaitWritten(StandardError.FOREVER, StandardError.FOREVER);
    } else {
      ending.status = status;
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
      Failures.say("stopping: not done after " + STOP_MILLIS + " ms: a disk may be stuck");
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

  /** Ends now, as all is done; gives the exit status. */
  int now() throws Exception {
    stop.run();
    try {
      return stop.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
