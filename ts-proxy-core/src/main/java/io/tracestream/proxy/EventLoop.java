package io.tracestream.proxy;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that serves many sockets: it waits until some are ready and calls their handlers. All
 * that a handler owns belongs to this thread; {@link #execute} is the only way in from another.
 */
final class EventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  /**
   * How long to look again and again before going to sleep, if the last wait was that short: in a
   * conversation the next frame comes sooner than a thread wakes up. Others who want the processor
   * get it in between.
   */
  private static final long SHORT_WAIT_NANOS = 50_000;

  private final Selector selector = Selector.open();
  /**
   * Gathers what is ready first and serves it then: to serve it from inside the selector would make
   * one large method of all, and the JIT compiler would be busy with it for half a second.
   */
  private final ArrayList<SelectionKey> ready = new ArrayList<>(1024);

  private final Consumer<SelectionKey> gather = ready::add;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private boolean shortWait;
  private boolean stopped;

  final BufferPool buffers = new BufferPool();
  final Timers timers = new Timers();

  /** What a socket is registered with. */
  interface Handler {
    /** Does what the socket is ready for. */
    void ready(SelectionKey key);

    /** Frees all: the handler failed, or the loop stops. */
    void close();
  }

  private EventLoop(String name, Consumer<Throwable> onDeath) throws IOException {
    thread = new Thread(() -> run(onDeath), name);
  }

  /** Starts a loop; {@code onDeath} hears of an error that leaves it no way to go on. */
  static EventLoop start(String name, Consumer<Throwable> onDeath) throws IOException {
    EventLoop loop = new EventLoop(name, onDeath);
    loop.loadWhatClosesSockets();
    loop.thread.start();
    return loop;
  }

  /**
   * Java 17 opens descriptors when it first closes a socket, which is too late when none are left.
   */
  private void loadWhatClosesSockets() throws IOException {
    try (SocketChannel socket = SocketChannel.open()) {
      socket.configureBlocking(false);
      socket.register(selector, 0);
    }
    selector.selectNow();
  }

  /** Runs the task on this loop's thread, soon; never, once the loop has stopped. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  SelectionKey register(SelectableChannel channel, int interest, Handler handler)
      throws IOException {
    channel.configureBlocking(false);
    return channel.register(selector, interest, handler);
  }

  /** Asks the thread to close all that is registered, and to end. */
  void stopSoon() {
    execute(() -> stopped = true);
  }

  /** As {@link #stopSoon}, and waits for it; on another thread. */
  void stop() {
    stopSoon();
    boolean interrupted = false;
    while (thread.isAlive()) {
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
        serveReady();
        runTasks();
      }
    } catch (Throwable e) { // whatever it is, nobody else would hear of it
      onDeath.accept(e);
    } finally {
      closeAll();
    }
  }

  /** Returns when something is ready or to be done. */
  private void await() throws IOException {
    long start = System.nanoTime();
    while (shortWait && selector.selectNow(gather) == 0 && tasks.isEmpty()) {
      Thread.yield();
      shortWait = System.nanoTime() - start < SHORT_WAIT_NANOS;
    }
    if (!shortWait && tasks.isEmpty()) {
      selector.select(gather, timers.millisToNext());
      shortWait = System.nanoTime() - start < SHORT_WAIT_NANOS;
    }
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

  private void serve(SelectionKey key) {
    Handler handler = (Handler) key.attachment();
    if (!key.isValid()) {
      return; // what was ready in the same moment closed it
    }
    try {
      handler.ready(key);
    } catch (RuntimeException | OutOfMemoryError e) {
      tell(handler, e);
      handler.close();
    }
  }

  private void closeAll() {
    try (selector) {
      for (SelectionKey key : selector.keys()) {
        Handler handler = (Handler) key.attachment();
        guard(handler, handler::close);
      }
    } catch (IOException e) {
      LOG.warn("event loop: closing: {}", e.getMessage());
    }
  }

  /** Keeps what goes wrong in one task, which is a bug or want of memory, from all others. */
  private static void guard(Object subject, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      tell(subject, e);
    }
  }

  private static void tell(Object subject, Throwable e) {
    LOG.error("{}: found {}, expected none; going on without it", subject, e.toString(), e);
  }
}
