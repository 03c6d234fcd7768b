package io.tracestream.proxy;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that serves many sockets: it waits until some are ready and calls their handlers. All
 * that a handler owns belongs to this thread; {@link #execute} is the only way in from another.
 */
final class EventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private final Selector selector = Selector.open();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
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

  private EventLoop(String name) throws IOException {
    thread = new Thread(this::run, name);
  }

  static EventLoop start(String name) throws IOException {
    EventLoop loop = new EventLoop(name);
    loop.thread.start();
    return loop;
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

  private void run() {
    while (!stopped) {
      try {
        selector.select(this::dispatch, timers.millisToNext());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        timers.runDue();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        LOG.error("event loop: found {}, expected none; going on", e.toString(), e);
      }
    }
    closeAll();
  }

  private void dispatch(SelectionKey key) {
    Handler handler = (Handler) key.attachment();
    try {
      handler.ready(key);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("{}: found {}, expected none; closing it", handler, e.toString(), e);
      handler.close();
    }
  }

  private void closeAll() {
    try (selector) {
      for (SelectionKey key : selector.keys()) {
        ((Handler) key.attachment()).close();
      }
    } catch (IOException e) {
      LOG.warn("event loop: closing: {}", e.getMessage());
    }
  }
}
