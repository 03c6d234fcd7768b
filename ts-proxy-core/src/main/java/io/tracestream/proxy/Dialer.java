package io.tracestream.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Connects one connection's target: looks its name up, off the loop, and tries each address in
 * turn, all within the connect timeout. Tells the connection once how that ended.
 */
final class Dialer {
  private final Connection connection;
  private final Endpoint target;
  private final EventLoop loop;
  private final ProxyConfig config;
  /** Addresses that were not tried yet. */
  private final Queue<InetSocketAddress> addresses = new ArrayDeque<>(2);

  private final Timers.Timer timeout;

  Dialer(Connection connection, Endpoint target, EventLoop loop, ProxyConfig config) {
    this.connection = connection;
    this.target = target;
    this.loop = loop;
    this.config = config;
    this.timeout = loop.timers.in(config.connectTimeout().toMillis(), this::timedOut);
  }

  void dial(Proxy proxy) {
    if (config.target().isUnresolved()) {
      proxy.resolver().execute(this::resolve);
    } else {
      tryAll(List.of(config.target()));
    }
  }

  /** Runs on the resolver's thread. */
  private void resolve() {
    InetSocketAddress name = config.target();
    try {
      List<InetSocketAddress> found = Arrays.stream(InetAddress.getAllByName(name.getHostString()))
          .map(address -> new InetSocketAddress(address, name.getPort()))
          .toList();
      loop.execute(() -> tryAll(found));
    } catch (UnknownHostException e) {
      loop.execute(() -> fail("no address of that name"));
    }
  }

  private void tryAll(List<InetSocketAddress> found) {
    addresses.addAll(found);
    tryNext();
  }

  private void tryNext() {
    if (isOver()) {
      return; // it came too late
    }
    try {
      if (target.connect(loop, addresses.remove())) {
        succeed();
      }
    } catch (IOException e) {
      tryAnother(e);
    }
  }

  /** The target's socket has connected, or could not. */
  void finish() {
    try {
      if (target.channel().finishConnect()) {
        succeed();
      }
    } catch (IOException e) {
      tryAnother(e);
    }
  }

  private void tryAnother(IOException cause) {
    if (addresses.isEmpty()) {
      fail(cause.getMessage());
      return;
    }
    try {
      target.renew();
      tryNext();
    } catch (IOException e) {
      fail(e.getMessage());
    }
  }

  private void timedOut() {
    fail("no answer after " + config.connectTimeout().toMillis() + " ms");
  }

  private void succeed() throws IOException {
    target.configure();
    cancel();
    connection.connected();
  }

  private void fail(String found) {
    if (!isOver()) {
      cancel();
      target.closeChannel();
      connection.unreachable(found);
    }
  }

  private boolean isOver() {
    return timeout.isCancelled();
  }

  void cancel() {
    timeout.cancel();
  }
}
