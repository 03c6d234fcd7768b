package io.tracestream.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy. For any number of threads; several proxies can run in one JVM.
 *
 * <p>Its threads are no daemons: a program goes on until its proxies are closed.
 */
public final class Proxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
  private static final int MOST_LOOPS = 4;
  private static final int BACKLOG = 4096;

  private final ProxyConfig config;
  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  private final Recorders recorders;
  private final ProxyListener listener;
  private final ClosedConnections closed = new ClosedConnections();
  private final List<EventLoop> loops = new ArrayList<>();
  /**
   * Looks names up, which blocks. One thread is enough, as all connections ask for the same name.
   */
  private final ExecutorService resolver = Executors.newSingleThreadExecutor(Proxy::resolverThread);

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<IOException> failure = new AtomicReference<>();

  private Proxy(ProxyConfig config, ServerSocketChannel server, Recorders recorders)
      throws IOException {
    this.config = config;
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalAddress();
    this.recorders = recorders;
    this.listener = new GuardedListener(config.listener());
  }

  /**
   * Binds, opens what to record to, and serves. The target need not be there yet.
   *
   * @param config what to do
   * @return the running proxy; close it
   * @throws io.tracestream.recording.RecordingException when the recording cannot be made; what was
   *     there before is left as it was
   * @throws IOException when the address cannot be bound
   */
  public static Proxy start(ProxyConfig config) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(config.listen(), BACKLOG);
      Proxy proxy = new Proxy(config, server, Recorders.open(config));
      proxy.startLoops();
      return proxy;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void startLoops() throws IOException {
    int count = recorders.needOneLoop()
        ? 1
        : Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors());
    try {
      for (int i = 1; i <= count; i++) {
        loops.add(EventLoop.start("ts-proxy-" + address.getPort() + "-" + i, this::loopDied));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    recorders.serve(this, loops);
    loops.get(0).execute(new Acceptor(this, server, loops, recorders)::start);
  }

  private static Thread resolverThread(Runnable task) {
    Thread thread = new Thread(task, "ts-proxy-resolver");
    thread.setDaemon(true); // a look-up cannot be interrupted, and is not to be waited for
    return thread;
  }

  /**
   * Where clients connect.
   *
   * @return the bound address, with its real port
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Waits until so many connections have been closed: then all that they received has been passed
   * on as far as it could be, and is in their recordings.
   *
   * @param count connections, since the start
   * @param timeout how long to wait at most
   * @return false when the time was over before
   * @throws InterruptedException when this thread is interrupted; the proxy goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return closed.await(count, timeout);
  }

  /**
   * Waits until the proxy has stopped.
   *
   * @throws IOException when it had to stop because the recording cannot be written
   * @throws InterruptedException when this thread is interrupted; the proxy goes on
   */
  public void awaitStop() throws IOException, InterruptedException {
    stopped.await();
    throwFailure();
  }

  /**
   * Stops: closes all connections and the recording. What clients and targets received is in the
   * recording when this returns. May be called again.
   *
   * @throws IOException when the recording could not be written, now or earlier
   */
  @Override
  public synchronized void close() throws IOException {
    loops.forEach(EventLoop::stop);
    resolver.shutdownNow();
    try (server;
        recorders) {
      LOG.debug("proxy on {}: closing", address);
    } catch (IOException e) {
      fail(e);
    }
    stopped.countDown();
    throwFailure();
  }

  private void throwFailure() throws IOException {
    IOException cause = failure.get();
    if (cause != null) {
      throw new IOException(cause.getMessage(), cause); // a new one each time: try-with-resources
    }
  }

  private void loopDied(Throwable cause) {
    fail(new IOException("event loop: found " + cause + ", expected none", cause));
  }

  /** Stops serving, soon; the one way in which a running proxy ends by itself. */
  void fail(IOException cause) {
    if (failure.compareAndSet(
        null, cause)) { // no lock: close() holds one while it waits for a loop
      LOG.error("{}; the proxy stops", cause.getMessage());
      loops.forEach(EventLoop::stopSoon);
      stopped.countDown();
    }
  }

  ProxyConfig config() {
    return config;
  }

  /** A connection is closed. */
  void closed(long connection) {
    listener.closed(connection);
    closed.add();
  }

  ProxyListener listener() {
    return listener;
  }

  ExecutorService resolver() {
    return resolver;
  }
}
