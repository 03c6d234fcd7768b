package io.tracestream.engine;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that serves many sockets: it waits until some are ready and calls their handlers. All
 * that a handler owns belongs to this thread; other threads can only call {@link #execute}.
 */
public final class EventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  /**
   * How long to poll before going to sleep, if the last wait was that short: in a conversation the
   * next frame comes sooner than a thread wakes up. Other threads get the processor in between.
   */
  private static final long SHORT_WAIT_NANOS = 50_000;
  /** With more residents than that, there is something to do without polling. */
  private static final int MOST_POLLING = 32;
  /**
   * How long to be busy before letting others have the processor. Without that, two busy loops on
   * one processor take turns of the system's clock tick, and half of the frames wait for 4 ms.
   * Sooner than that would hold up frames for what else the machine does.
   */
  private static final long LONG_BUSY_NANOS = 500_000;

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;
  /** A selector counts in milliseconds: less than that is slept in such steps. */
  private static final long SHORT_SLEEP_NANOS = 100_000;
  /** How much longer than asked Linux lets a thread sleep. A wait no longer than that is polled. */
  private static final long TIMER_SLACK_NANOS = 50_000;

  private final Selector selector = Selector.open();
  /**
   * The keys that are ready, which are gathered first and then served: serving them from inside the
   * selector would inline everything into one method, and the JIT compiler would need half a second
   * for it.
   */
  private final ArrayList<SelectionKey> ready = new ArrayList<>(1024);

  private final Consumer<SelectionKey> gather = ready::add;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Timers timers = new Timers();
  private final Set<Resident> residents = new HashSet<>();
  private final Thread thread;
  /** Runs what would hold up the loop. */
  private final Executor helpers;

  private boolean shortWait;
  /** The end of the last wait that was not short, or when others last got the processor. */
  private long busySince;

  private boolean stopped;
  private long now = System.nanoTime();
  private long nextSecond = now + SECOND;

  final BufferPool buffers;
  final KeptMemory memory;
  /** For how long a peer that has been sent everything may go on sending, which is discarded. */
  final int mostDiscardingSeconds;
  /** The result of the last read on this loop. */
  final FrameRun frames;

  /** What a channel is registered with. */
  interface Handler {
    /** The channel is ready. */
    void ready(SelectionKey key);

    /** An error in this handler was caught: free everything. */
    void failed(Throwable cause);
  }

  /** Something on this loop that is called every second and when the loop stops. */
  interface Resident {
    /** Called about once a second. */
    void second();

    /** The loop stops: free everything. */
    void stop();
  }

  /** A task that runs later. */
  public interface Timer {
    /** Cancels it. */
    void cancel();
  }

  /**
   * @param mostFree how many bytes of free buffers to keep at most
   * @param mostDiscardingSeconds for how long to discard what a peer sends after everything was
   *     sent to it
   * @param helpers runs what would hold up the loop
   * @param onDeath called with an error that the loop cannot recover from
   */
  EventLoop(
      String name,
      long mostFree,
      KeptMemory memory,
      int mostDiscardingSeconds,
      Executor helpers,
      Consumer<Throwable> onDeath)
      throws IOException {
    this.memory = memory;
    this.mostDiscardingSeconds = mostDiscardingSeconds;
    this.helpers = helpers;
    this.buffers = new BufferPool(mostFree, memory::readSize);
    this.frames = new FrameRun(buffers);
    this.thread = new Thread(() -> run(onDeath), name);
    try {
      loadWhatClosesSockets();
    } catch (IOException | RuntimeException | Error e) {
      abandon();
      throw e;
    }
  }

  /** Java 17 opens file descriptors when it first closes a socket, when there may be none left. */
  private void loadWhatClosesSockets() throws IOException {
    try (SocketChannel socket = SocketChannel.open()) {
      socket.configureBlocking(false);
      socket.register(selector, 0);
    }
    selector.selectNow();
  }

  void start() {
    thread.start();
  }

  /**
   * Runs the task on this loop's thread, soon; never, once the loop has stopped. From any thread.
   *
   * @param task what to do
   */
  public void execute(Runnable task) {
    tasks.add(task);
    if (!isCurrent()) { // else the task runs before the loop sleeps again
      selector.wakeup();
    }
  }

  /** Runs the work on another thread, as it takes long, and then the task on this loop's. */
  void compute(Runnable work, Runnable then) {
    try {
      helpers.execute(() -> {
        try {
          work.run();
        } finally {
          execute(then);
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.debug("the engine stops: {}", e.getMessage());
    }
  }

  /**
   * Runs the task later. On this loop's thread.
   *
   * @param nanos how much later; soon, if it is 0 or less
   * @param task what to do
   * @return the timer, to cancel it
   */
  public Timer after(long nanos, Runnable task) {
    return timers.at(System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2), task);
  }

  /**
   * When this turn of the loop began: good enough for time-outs, and cheaper than asking the
   * system. On this loop's thread.
   *
   * @return a time of {@link System#nanoTime}
   */
  public long now() {
    return now;
  }

  /** Whether the caller runs on this loop's thread. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  SelectionKey register(SelectableChannel channel, int interest, Handler handler)
      throws IOException {
    channel.configureBlocking(false);
    return channel.register(selector, interest, handler);
  }

  /** Adds a resident; on this loop's thread, or before it is started. */
  void add(Resident resident) {
    residents.add(resident);
  }

  void remove(Resident resident) {
    residents.remove(resident);
  }

  /** The sockets that live here. */
  List<FrameSocket> sockets() {
    List<FrameSocket> sockets = new ArrayList<>();
    for (Resident resident : residents) {
      if (resident instanceof FrameSocket socket) {
        sockets.add(socket);
      }
    }
    return sockets;
  }

  /** Asks the thread to stop its residents, and to end. */
  void stopSoon() {
    execute(() -> stopped = true);
  }

  /** Ends a loop that may not have been started. */
  void abandon() {
    if (thread.getState() != Thread.State.NEW) {
      stopSoon();
      return;
    }
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("event loop: closing: {}", e.getMessage());
    }
  }

  /** Waits until the thread has ended; at once on that thread itself. */
  void join() {
    boolean interrupted = false;
    while (thread.isAlive() && !isCurrent()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Consumer<Throwable> onDeath) {
    try {
      while (!stopped) {
        await();
        now = System.nanoTime();
        serveReady();
        runTasks();
        lookAtTheClock();
      }
    } catch (Throwable e) { // whatever it is, nobody else would notice
      onDeath.accept(e);
    } finally {
      stopAll();
    }
  }

  /** Waits until something is ready or has to be done. */
  private void await() throws IOException {
    long start = System.nanoTime();
    if (start - busySince > LONG_BUSY_NANOS) {
      Thread.yield();
      busySince = System.nanoTime();
    }
    boolean polls = shortWait && residents.size() <= MOST_POLLING;
    while (polls && selector.selectNow(gather) == 0 && tasks.isEmpty()) {
      Thread.yield();
      polls = System.nanoTime() - start < SHORT_WAIT_NANOS;
    }
    if (!polls && tasks.isEmpty()) {
      sleep(nanosToNext());
      long woken = System.nanoTime();
      shortWait = woken - start < SHORT_WAIT_NANOS;
      busySince = shortWait ? busySince : woken;
    }
  }

  private void sleep(long nanos) throws IOException {
    if (nanos >= MILLI) {
      selector.select(gather, nanos / MILLI);
    } else if (selector.selectNow(gather) == 0 && nanos > TIMER_SLACK_NANOS) {
      LockSupport.parkNanos(Math.min(nanos - TIMER_SLACK_NANOS, SHORT_SLEEP_NANOS));
    }
  }

  private long nanosToNext() {
    long second = residents.isEmpty() ? Long.MAX_VALUE : nextSecond - System.nanoTime();
    return timers.isEmpty() ? second : Math.min(second, timers.nanosToNext());
  }

  private void serveReady() {
    for (int i = 0; i < ready.size(); i++) {
      serve(ready.get(i));
    }
    ready.clear();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guard("event loop", task);
    }
    for (Runnable task = timers.pollDue(); task != null; task = timers.pollDue()) {
      guard("event loop", task);
    }
  }

  private void lookAtTheClock() {
    if (now - nextSecond >= 0) {
      nextSecond = now + SECOND;
      for (Resident resident : residents.toArray(new Resident[0])) {
        guard(resident, resident::second);
      }
    }
  }

  private void serve(SelectionKey key) {
    Handler handler = (Handler) key.attachment();
    if (!key.isValid()) {
      return; // what was ready in the same moment closed it
    }
    try {
      handler.ready(key);
    } catch (Throwable e) { // a bug, or not enough memory: must not affect other connections
      failed(handler, e);
    }
  }

  /** Reports an error that was caught in a handler, and has the handler free everything. */
  void failed(Handler handler, Throwable cause) {
    tell(handler, cause);
    guard(handler, () -> handler.failed(cause));
  }

  private void stopAll() {
    for (Resident resident : residents.toArray(new Resident[0])) {
      guard(resident, resident::stop);
    }
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("event loop: closing: {}", e.getMessage());
    }
  }

  /** Isolates failures: one task must not stop the others. */
  private static void guard(Object subject, Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      tell(subject, e);
    }
  }

  private static void tell(Object subject, Throwable e) {
    LOG.error("{}: unexpected error: {}; its connection is closed", subject, e.toString(), e);
  }
}
