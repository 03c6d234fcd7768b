package io.tracestream.proxy;

import io.tracestream.engine.Addresses;
import io.tracestream.engine.Dialer;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameSocket;
import io.tracestream.engine.Listener;
import io.tracestream.recording.Direction;
import io.tracestream.tls.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running proxy. Thread-safe; its listener may call it, too. Several proxies can run in one JVM.
 *
 * <p>Its threads are not daemons: a program runs until its proxies are closed.
 */
public final class Proxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
  /** Bytes that a listener gets of what is not frames. */
  private static final int MOST_BEGINNING = 2048;

  private final ProxyConfig config;
  private final boolean followsConnections;
  private final InetSocketAddress address;
  /** Null if nothing is recorded. */
  private final @Nullable Recorders recorders;

  private final Engine engine;
  private final Clients clients;
  private final Map<EventLoop, Traffic> traffic = new HashMap<>();
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  /** Counted down when the proxy stops. */
  private final CountDownLatch stopping = new CountDownLatch(1);

  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  /** Closed connections, counted after the listener was called. Guarded by the lock. */
  private long closedConnections;

  private final Object lock = new Object();

  private Proxy(ProxyConfig config, Listener listener, @Nullable Recorders recorders)
      throws IOException {
    this.config = config;
    this.followsConnections = config.listener().followsConnections();
    this.address = listener.address();
    this.recorders = recorders;
    this.engine = Engine.start(
        "ts-proxy-" + address.getPort(),
        recorders != null && recorders.areSingle(),
        config.format().longestPayload(),
        cause -> fail(new IOException("an event loop failed: " + cause, cause)));
    for (EventLoop loop : engine.loops()) {
      traffic.put(loop, new Traffic(recorders, loop));
    }
    Dialer dialer =
        new Dialer(engine, config.target(), config.connectTimeout(), address, config.targetTls());
    this.clients = new Clients(this, engine, listener, dialer, recorders);
  }

  /**
   * Binds, opens the recording, and serves. The target need not be running yet.
   *
   * @param config what to do
   * @return the running proxy; close it
   * @throws io.tracestream.recording.RecordingException if the recording cannot be created; an
   *     earlier file is not changed then
   * @throws IOException if the address cannot be bound, the target is that same address, or the
   *     system has no more threads or file descriptors
   */
  public static Proxy start(ProxyConfig config) throws IOException {
    ClientTls targetTls = config.targetTls();
    if (targetTls != null) {
      targetTls.context(); // reads the trusted certificates now rather than for the first client
    }
    Listener listener = Listener.bind(config.listen());
    Recorders recorders = null;
    Proxy proxy = null;
    try {
      requireAnotherTarget(config.target(), listener.address());
      recorders = Recorders.open(config);
      proxy = new Proxy(config, listener, recorders);
      if (recorders != null) {
        recorders.serve(proxy, proxy.engine.loops());
      }
      int descriptors = recorders == null ? 1 : recorders.descriptors();
      listener.start(proxy.engine, descriptors, config.target(), proxy.clients);
      return proxy;
    } catch (IOException | RuntimeException | Error e) {
      listener.close();
      if (proxy != null) {
        proxy.engine.close();
      }
      if (recorders != null) {
        recorders.close();
      }
      throw e;
    }
  }

  /** A proxy that is its own target would connect to itself until file descriptors run out. */
  private static void requireAnotherTarget(InetSocketAddress target, InetSocketAddress address)
      throws IOException {
    if (target.getPort() != address.getPort()) {
      return;
    }
    InetAddress[] all;
    try {
      all = target.isUnresolved()
          ? InetAddress.getAllByName(target.getHostString())
          : new InetAddress[] {target.getAddress()};
    } catch (UnknownHostException e) {
      return; // if the host exists later, the dialer checks each connection
    }
    for (InetAddress one : all) {
      if (Dialer.reaches(new InetSocketAddress(one, target.getPort()), address)) {
        throw new IOException("the target " + Addresses.asGiven(target)
            + " is the address that the proxy listens on; name the real server");
      }
    }
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
   * What the proxy has carried. The event loops sum up when this is called, so it costs nothing
   * otherwise. A loop that is too busy to do so within 200 ms counts as it did the last time.
   *
   * @return the sums at this moment; once the proxy is closed, the final ones
   */
  public ProxyStats stats() {
    long delay = engine.askLoops(loop -> trafficOf(loop).count());
    ProxyStats sum = ProxyStats.NONE.withEventLoopDelay(delay);
    for (Traffic ofLoop : traffic.values()) {
      sum = sum.plus(ofLoop.counted());
    }
    return sum;
  }

  /**
   * Whether it serves clients.
   *
   * @return true from the start until it is closed, or stops because its recording is lost
   */
  public boolean isServing() {
    return stopping.getCount() > 0;
  }

  /**
   * Waits until a number of connections have been closed: everything that they received has then
   * been passed on as far as possible and is in their recordings, and the listener has been called.
   *
   * @param count how many connections, since the start
   * @param timeout how long to wait at most
   * @return false if the time is up before
   * @throws InterruptedException if this thread is interrupted; the proxy goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    // Limited to centuries, so that it cannot overflow.
    long most = Math.min(TimeUnit.NANOSECONDS.convert(timeout), Long.MAX_VALUE / 2);
    long start = System.nanoTime();
    synchronized (lock) {
      while (closedConnections < count) {
        long left = most - (System.nanoTime() - start);
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      }
      return true;
    }
  }

  /**
   * Waits until the proxy has stopped.
   *
   * @throws IOException if it had to stop because the recording could not be written
   * @throws InterruptedException if this thread is interrupted; the proxy goes on
   */
  public void awaitStop() throws IOException, InterruptedException {
    stopping.await();
    throwFailure();
  }

  /**
   * Stops: closes all connections and the recording. When this returns, the recording has
   * everything that clients and targets received. May be called again, and by a listener.
   *
   * @throws IOException if the recording could not be written, now or earlier
   */
  @Override
  public void close() throws IOException {
    engine.stopSoon();
    stopping.countDown();
    if (closing.compareAndSet(false, true)) {
      closeAll();
    } else if (!engine.isCallback()) {
      awaitClosed();
    }
    throwFailure();
  }

  private void closeAll() {
    LOG.debug("proxy on {}: closing", Addresses.numeric(address));
    engine.close();
    traffic.values().forEach(Traffic::count);
    try {
      if (recorders != null) {
        recorders.close();
        recorders.logResult(address, failure.get() != null);
      }
    } catch (IOException e) {
      fail(e);
    } finally {
      closed.countDown();
    }
  }

  private void awaitClosed() {
    boolean interrupted = false;
    while (true) {
      try {
        closed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwFailure() throws IOException {
    IOException cause = failure.get();
    if (cause != null) {
      throw new IOException(cause.getMessage(), cause); // a new one, as callers may add to it
    }
  }

  /** Stops serving, soon. This is the only way in which a running proxy ends by itself. */
  void fail(IOException cause) {
    if (failure.compareAndSet(null, cause)) {
      LOG.error("{}; the proxy stops", cause.getMessage());
      engine.stopSoon();
      stopping.countDown();
    }
  }

  ProxyConfig config() {
    return config;
  }

  void opened(long connection, InetSocketAddress client) {
    if (followsConnections) {
      tell(listener -> listener.opened(connection, client));
    }
  }

  void failed(long connection, String reason) {
    tell(listener -> listener.failed(connection, reason));
  }

  void notFrames(long connection, Direction direction, FrameSocket from) {
    byte[] beginning = from.beginning(MOST_BEGINNING);
    tell(listener -> listener.notFrames(connection, direction, beginning));
  }

  /** A client was closed because another one is being recorded to the only file. */
  void rejected(Connection recorded) {
    // ProxyListener.NONE is called too: it logs a warning.
    engine.tell(() -> config.listener().rejected(recorded.number()));
  }

  private void tell(Consumer<ProxyListener> call) {
    if (config.listener() != ProxyListener.NONE) {
      engine.tell(() -> call.accept(config.listener()));
    }
  }

  private Traffic trafficOf(EventLoop loop) {
    return Objects.requireNonNull(traffic.get(loop));
  }

  /** A connection is served from now on; on its loop. */
  void serving(Connection connection, EventLoop loop) {
    trafficOf(loop).opened(connection);
  }

  /** A connection is closed; on its loop. */
  void closed(
      long number, @Nullable Recorder recorder, @Nullable Connection connection, EventLoop loop) {
    if (recorders != null && recorder != null) {
      recorders.ended(recorder, loop);
    }
    if (connection != null) {
      trafficOf(loop).closed(connection);
    }
    if (loop == engine.first()) {
      clients.closed(connection);
    } else {
      engine.first().execute(() -> clients.closed(connection));
    }
    if (followsConnections) {
      engine.tell(() -> {
        try {
          config.listener().closed(number);
        } finally {
          countClosed(); // after the listener was called
        }
      });
    } else {
      countClosed();
    }
  }

  private void countClosed() {
    synchronized (lock) {
      closedConnections++;
      lock.notifyAll();
    }
  }
}
