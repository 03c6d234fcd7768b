package io.tracestream.engine;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few event loops, a thread for user code, and a thread that looks up names. Thread-safe; several
 * engines can run in one JVM.
 *
 * <p>The loops' threads are not daemons: a program runs until its engines are closed.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int MOST_LOOPS = 4;
  /** How many calls of user code may wait for their turn, as they do while one does not return. */
  private static final int MOST_CALLS = 100_000;

  /** For how long a peer that has been sent everything may go on sending, which is discarded. */
  private static final int MOST_DISCARDING_SECONDS = 10;

  private static final int FEW_DESCRIPTORS = 16;
  /** How long an idle helper is kept. */
  private static final long IDLE_SECONDS = 10;

  private static final long LAST_CALLS_MILLIS = 1000;
  private static final long ASK_MILLIS = 200;

  private final List<EventLoop> loops = new ArrayList<>();
  private final ThreadPoolExecutor callbacks;
  private final ThreadPoolExecutor resolver;
  /** For what would hold up a loop, such as the signatures of TLS; has no threads while idle. */
  private final ThreadPoolExecutor helpers;

  private volatile @Nullable Thread callbackThread;
  private int next;
  private volatile boolean stopping;

  private Engine(String name) {
    callbacks = oneThread(task -> callbackThread = daemon(task, name + "-callbacks"));
    resolver = oneThread(task -> daemon(task, name + "-resolver"));
    int most = Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
    helpers = new ThreadPoolExecutor(
        most,
        most,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> daemon(task, name + "-helper"));
    helpers.allowCoreThreadTimeOut(true);
  }

  private static ThreadPoolExecutor oneThread(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_CALLS), factory);
  }

  /** User code and look-ups cannot be made to end. */
  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts the threads.
   *
   * @param name what their names begin with
   * @param single true for one loop, which then knows the order of all that happens; false for as
   *     many as are useful
   * @param largestPayload bytes of the largest payload: there is always memory for one such frame
   *     in each direction
   * @param onDeath called with an error that a loop cannot recover from, on that loop
   * @return the engine; close it
   * @throws IOException if the system has no more threads or descriptors; nothing stays open
   */
  public static Engine start(
      String name, boolean single, int largestPayload, Consumer<Throwable> onDeath)
      throws IOException {
    // The JVM allows as much memory for direct buffers as for the heap.
    long memory = Runtime.getRuntime().maxMemory();
    return start(name, single, largestPayload, onDeath, memory, MOST_DISCARDING_SECONDS);
  }

  /** As the other one, with other limits; for tests. */
  static Engine start(
      String name,
      boolean single,
      int largestPayload,
      Consumer<Throwable> onDeath,
      long memory,
      int mostDiscardingSeconds)
      throws IOException {
    Engine engine = new Engine(name);
    try {
      int useful = Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
      long twoFrames = 2L * (largestPayload + BufferPool.LARGEST);
      KeptMemory kept =
          new KeptMemory(engine.loops, Math.max(memory / 4, Math.min(twoFrames, memory / 2)));
      engine.openLoops(name, single ? 1 : useful, onDeath, memory, kept, mostDiscardingSeconds);
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
      String name,
      int count,
      Consumer<Throwable> onDeath,
      long memory,
      KeptMemory kept,
      int mostDiscardingSeconds)
      throws IOException {
    for (int i = 1; i <= count; i++) {
      loops.add(new EventLoop(
          name + "-" + i, memory / 8 / count, kept, mostDiscardingSeconds, helpers, onDeath));
    }
    loops.forEach(EventLoop::start);
  }

  /** Closes what was opened before something failed. */
  private void abandon() {
    callbacks.shutdownNow();
    loops.forEach(EventLoop::abandon);
  }

  /**
   * The first loop.
   *
   * @return the loop on which clients are accepted
   */
  public EventLoop first() {
    return loops.get(0);
  }

  /**
   * Gives the loops in turn. For one thread at a time.
   *
   * @return the next one
   */
  public EventLoop next() {
    EventLoop one = loops.get(next);
    next = (next + 1) % loops.size();
    return one;
  }

  /**
   * All loops.
   *
   * @return at least one
   */
  public List<EventLoop> loops() {
    return List.copyOf(loops);
  }

  /**
   * Runs a task on each loop, such as to sum up what it has done, and waits until all have run it,
   * for 200 ms at most. Does nothing once the engine stops. From any thread but those of the loops.
   *
   * @param task what to do, given the loop that it runs on
   * @return how long the slowest loop took to come to it, in nanoseconds: as long as anything else
   *     has to wait for it, such as a frame
   */
  public long askLoops(Consumer<EventLoop> task) {
    if (stopping) {
      return 0;
    }
    long start = System.nanoTime();
    AtomicLong longest = new AtomicLong();
    CountDownLatch asked = new CountDownLatch(loops.size());
    for (EventLoop loop : loops) {
      loop.execute(() -> {
        longest.accumulateAndGet(System.nanoTime() - start, Math::max);
        task.accept(loop);
        asked.countDown();
      });
    }
    try {
      if (!asked.await(ASK_MILLIS, TimeUnit.MILLISECONDS)) {
        return stopping ? 0 : System.nanoTime() - start;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return longest.get();
  }

  /**
   * Runs user code on a thread of its own, one call after the other. What a call throws is logged;
   * a call that blocks holds up only later calls. From any thread.
   *
   * @param call the call
   */
  public void tell(Runnable call) {
    try {
      callbacks.execute(() -> guard(call));
    } catch (RejectedExecutionException e) {
      if (!callbacks.isShutdown()) {
        LOG.warn("a listener has been busy for too long: further calls to it are dropped");
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
   * Whether the process has hardly any file descriptors left. Found out by trying, as the system's
   * error messages are translated.
   *
   * @return true if a few sockets cannot be opened
   */
  public static boolean isOutOfDescriptors() {
    return openableSockets(FEW_DESCRIPTORS) < FEW_DESCRIPTORS;
  }

  /**
   * How many more sockets the process can open now. Found out by trying.
   *
   * @param most how many to try
   * @return up to that many
   */
  public static int openableSockets(int most) {
    List<SocketChannel> some = new ArrayList<>();
    try {
      while (some.size() < most) {
        some.add(SocketChannel.open());
      }
    } catch (IOException e) {
      // as many as there are
    } finally {
      some.forEach(Channels::close);
    }
    return some.size();
  }

  /** Asks all loops to close what they serve, and to end. From any thread. */
  public void stopSoon() {
    stopping = true;
    loops.forEach(EventLoop::stopSoon);
  }

  /**
   * Stops all loops and waits until they have ended, and then for up to a second until user code
   * has had its last calls. From any thread, user code's as well.
   */
  @Override
  public void close() {
    stopSoon();
    loops.forEach(EventLoop::join);
    resolver.shutdownNow();
    helpers.shutdownNow();
    callbacks.shutdown();
    if (!isCallback()) {
      awaitCallbacks();
    }
  }

  /**
   * Whether the caller is user code that {@link #tell} runs.
   *
   * @return true on that thread
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
