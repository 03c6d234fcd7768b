package io.tracestream.proxy;

import io.tracestream.engine.Addresses;
import io.tracestream.engine.Dialer;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.Listener;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits clients and distributes them among the event loops. For the thread of the first loop,
 * which accepts them.
 */
final class Clients implements Listener.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
  private static final long LOOK_AGAIN_NANOS = 2_000_000;
  /** How often to look whether the recorded client ends: its end may be on its way. */
  private static final int FEW_LOOKS = 5;
  /** How often to look whether a client that has ended is closed. */
  private static final int MOST_LOOKS = 250;

  private final Proxy proxy;
  private final Engine engine;
  private final Listener listener;
  private final Dialer dialer;
  private final EventLoop loop;
  /** Null if nothing is recorded. */
  private final @Nullable Recorders recorders;

  private long accepted;
  private long open;
  /** Clients that wait for a decision, each with its spare sockets. */
  private final Map<SocketChannel, SocketChannel[]> waiting = new HashMap<>();

  /** The client that is being recorded to the only file; or null. */
  private @Nullable Connection recorded;

  Clients(
      Proxy proxy, Engine engine, Listener listener, Dialer dialer, @Nullable Recorders recorders) {
    this.proxy = proxy;
    this.engine = engine;
    this.listener = listener;
    this.dialer = dialer;
    this.loop = engine.first();
    this.recorders = recorders;
  }

  @Override
  public void accepted(SocketChannel client, SocketChannel[] spares) {
    open++;
    pauseIfFull();
    if (isFree()) {
      open(client, spares);
    } else {
      waiting.put(client, spares);
      // First handle everything that is ready: the end of the recorded client may be part of it.
      loop.execute(() -> openOrReject(client, spares, 0));
    }
  }

  private void pauseIfFull() {
    long most = proxy.config().maxConnections();
    if (most > 0 && open == most) {
      LOG.warn("the limit of {} open connections is reached: further clients wait", most);
      listener.pause(true);
    }
  }

  /** A connection was closed; null for a client that was closed before it had one. */
  void closed(@Nullable Connection connection) {
    if (connection != null && connection == recorded) {
      recorded = null;
    }
    open--;
    if (open == proxy.config().maxConnections() - 1) {
      listener.pause(false);
    }
  }

  private boolean isFree() {
    return recorded == null;
  }

  private void openOrReject(SocketChannel client, SocketChannel[] spares, int looks) {
    if (recorded != null) {
      recorded.giveWay();
    }
    Connection current = recorded; // null once it gave way
    if (current == null) {
      waiting.remove(client);
      open(client, spares);
    } else if (looks < (current.isEnding() ? MOST_LOOKS : FEW_LOOKS)) {
      loop.after(LOOK_AGAIN_NANOS, () -> openOrReject(client, spares, looks + 1));
    } else {
      proxy.rejected(current);
      waiting.remove(client);
      close(client);
      close(spares);
      closed(null);
    }
  }

  /** Closes the clients that wait for a decision. */
  @Override
  public void stopped() {
    waiting.forEach((client, spares) -> {
      close(client);
      close(spares);
    });
    waiting.clear();
  }

  private void open(SocketChannel client, SocketChannel[] spares) {
    long number = ++accepted;
    long acceptedMicros = recorders == null ? 0 : recorders.accepted();
    EventLoop next = engine.next();
    if (next == loop) {
      open(number, acceptedMicros, loop, client, spares);
    } else {
      next.execute(() -> open(number, acceptedMicros, next, client, spares));
    }
  }

  /** On the thread of the loop that the connection belongs to. */
  private void open(
      long number,
      long acceptedMicros,
      EventLoop its,
      SocketChannel client,
      SocketChannel[] spares) {
    @Nullable Recorder recorder = null;
    try {
      InetSocketAddress peer = (InetSocketAddress) client.getRemoteAddress();
      proxy.opened(number, peer);
      recorder = recorders == null ? null : recorders.of(number, peer, acceptedMicros, its, spares);
      Connection connection =
          new Connection(number, proxy, its, recorder, dialer, client, spares[0]);
      if (recorders != null && recorders.areSingle()) {
        recorded = connection;
      }
      proxy.serving(connection, its);
      LOG.debug("{}: accepted {}", connection, Addresses.numeric(peer));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.warn("connection {}: cannot be served, closing it: {}", number, e.toString());
      close(client);
      close(spares);
      proxy.closed(number, recorder, null, its);
    }
  }

  private static void close(Closeable... channels) {
    for (Closeable channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("closing {}: {}", channel, e.getMessage());
      }
    }
  }
}
