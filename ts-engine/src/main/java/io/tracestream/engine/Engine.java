package io.tracestream.engine;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some event loops, a thread for user code, and one that looks names up. For any number of threads;
 * several can run in one JVM.
 *
 * <p>The loops' threads are no daemons: a program goes on until its engines are closed.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int MOST_LOOPS = 4;
  /**
   * Calls of user code that wait for their turn; behind a call that never returns all others do.
   */
  private static final int MOST_CALLS = 100_000;

  private static final int FEW_DESCRIPTORS = 16;
  private static final long LAST_CALLS_MILLIS = 1000;

  private final List<EventLoop> loops = new ArrayList<>();
  private final ThreadPoolExecutor callbacks;
  private final ThreadPoolExecutor resolver;
  private volatile Thread callbackThread;
  private int next;

  private Engine(String name) {
    callbacks = oneThread(task -> callbackThread = daemon(task, name + "-callbacks"));
    resolver = oneThread(task -> daemon(task, name + "-resolver"));
  }

  private static ThreadPoolExecutor oneThread(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_CALLS), factory);
  }

  /** Neither user code nor a look-up can be made to end. */
  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts the threads.
   *
   * @param name what their names begin with
   * @param single true for one loop, which then knows the order of all that happens; else there are
   *     as many as are useful
   * @param largestPayload bytes of the largest payload: memory is kept for a frame of it each way
   * @param onDeath hears of an error that leaves a loop no way to go on; on that loop
   * @return the engine; close it
   * @throws IOException when the system gives no more threads or descriptors; nothing stays open
   */
  public static Engine start(
      String name, boolean single, int largestPayload, Consumer<Throwable> onDeath)
      throws IOException {
    // The JVM gives direct buffers as much memory as the heap.
    return start(name, single, largestPayload, onDeath, Runtime.getRuntime().maxMemory());
  }

  /** As the other one, with another limit of memory, in bytes. */
  static Engine start(
      String name, boolean single, int largestPayload, Consumer<Throwable> onDeath, long memory)
      throws IOException {
    Engine engine = new Engine(name);
    try {
      int useful = Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
      long twoFrames = 2L * (largestPayload + BufferPool.LARGEST);
      KeptMemory kept =
          new KeptMemory(engine.loops, Math.max(memory / 4, Math.min(twoFrames, memory / 2)));
      engine.openLoops(name, single ? 1 : useful, onDeath, memory, kept);
      return engine;
    } catch (IOException | OutOfMemoryError e) {
      engine.abandon();
      throw new IOException(
          "cannot start " + name + ": " + e.getMessage()
              + "; raise the limit of threads or open files",
          e);
    }
  }

  private void openLoops(
      String name, int count, Consumer<Throwable> onDeath, long memory, KeptMemory kept)
      throws IOException {
    for (int i = 1; i <= count; i++) {
      loops.add(new EventLoop(name + "-" + i, memory / 8 / count, kept, onDeath));
    }
    loops.forEach(EventLoop::start);
  }

  /** Closes what could be opened, when not all could. */
  private void abandon() {
    callbacks.shutdownNow();
    loops.forEach(EventLoop::abandon);
  }

  /**
   * The first loop.
   *
   * @return on which clients are accepted
   */
  public EventLoop first() {
    return loops.get(0);
  }

  /**
   * The loops in turn. For one thread at a time.
   *
   * @return the next one
   */
  public EventLoop next() {
    return loops.get(next++ % loops.size());
  }

  /**
   * All loops.
   *
   * @return as many as there are
   */
  public List<EventLoop> loops() {
    return List.copyOf(loops);
  }

  /**
   * Runs user code: on a thread of its own, call by call in this order. What it throws is logged,
   * and while it waits, nobody but later calls waits with it. From any thread.
   *
   * @param call the call
   */
  public void tell(Runnable call) {
    try {
      callbacks.execute(() -> guard(call));
    } catch (RejectedExecutionException e) {
      if (!callbacks.isShutdown()) {
        LOG.warn("a listener has not returned for long: what it should be told is dropped");
      }
    } catch (OutOfMemoryError e) { // no thread can be made
      guard(call);
    }
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // an AssertionError of a test's listener among others
      LOG.error("a listener failed: {}", e.toString(), e);
    }
  }

  /** Runs a look-up of a name, which may block for long: on a thread of its own. */
  void lookUp(Runnable look) {
    resolver.execute(look);
  }

  /**
   * Whether the process has hardly any descriptors left. Messages of the system are translated, so
   * this tries; and others may just have given some back.
   *
   * @return true when not even a few sockets can be made
   */
  public static boolean isOutOfDescriptors() {
    List<SocketChannel> few = new ArrayList<>();
    try {
      while (few.size() < FEW_DESCRIPTORS) {
        few.add(SocketChannel.open());
      }
      return false;
    } catch (IOException e) {
      return true;
    } finally {
      few.forEach(Channels::close);
    }
  }

  /** Asks all loops to stop what they serve, and to end. From any thread. */
  public void stopSoon() {
    loops.forEach(EventLoop::stopSoon);
  }

  /**
   * Stops all, and waits until the loops have ended and user code was told, but for that no longer
   * than a second. From any thread; user code may call it, too.
   */
  @Override
  public void close() {
    stopSoon();
    loops.forEach(EventLoop::join);
    resolver.shutdownNow();
    callbacks.shutdown();
    if (!isCallback()) {
      awaitCallbacks();
    }
  }

  /**
   * Whether the caller is user code that was told something.
   *
   * @return true on the thread of {@link #tell}
   */
  public boolean isCallback() {
    return Thread.currentThread() == callbackThread;
  }

  private void awaitCallbacks() {
    boolean interrupted = Thread.interrupted();
    try {
      callbacks.awaitTermination(LAST_CALLS_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
