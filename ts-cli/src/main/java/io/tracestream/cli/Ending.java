package io.tracestream.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How a command ends that runs until it is told to stop, or is done: the same way in both cases,
 * and once.
 */
final class Ending {
  /** SIGTERM is answered within two seconds, whatever the disk does. */
  private static final long STOP_MILLIS = 1700;

  private final FutureTask<Integer> stop;

  private Ending(Callable<Integer> stop) {
    this.stop = new FutureTask<>(stop);
  }

  /** Has {@code stop} run when the process is told to end: what it gives is the exit status. */
  static Ending with(Callable<Integer> stop) {
    Ending ending = new Ending(stop);
    Runtime.getRuntime().addShutdownHook(new Thread(ending::onSignal, "stop"));
    return ending;
  }

  private void onSignal() {
    Thread thread = new Thread(stop, "stopping");
    thread.setDaemon(true);
    thread.start();
    int status = Failures.FAILED;
    try {
      status = stop.get(STOP_MILLIS, TimeUnit.MILLISECONDS);
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
