package io.tracestream.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Connects one connection's target: looks its name up, off the loop, and tries each address in
 * turn, all within the connect timeout. Tells the connection once how that ended. For the thread of
 * the connection's loop, but for the look-up.
 */
final class Dialer {
  private final Connection connection;
  private final Endpoint target;
  private final EventLoop loop;
  private final ProxyConfig config;
  /** Addresses that were not tried yet. */
  private final Queue<InetSocketAddress> addresses = new ArrayDeque<>(2);

  private final long deadline;
  /** When to give the attempt up that is under way: looking the name up, or one address. */
  private Timers.Timer patience;

  private boolean over;

  Dialer(Connection connection, Endpoint target, EventLoop loop, ProxyConfig config) {
    this.connection = connection;
    this.target = target;
    this.loop = loop;
    this.config = config;
    this.deadline = System.nanoTime() + config.connectTimeout().toNanos();
  }

  void dial(Proxy proxy) {
    waitFor(0);
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
    if (!over) { // else it came too late
      addresses.addAll(found);
      tryNext();
    }
  }

  private void tryNext() {
    InetSocketAddress address = addresses.remove();
    try {
      waitFor(addresses.size());
      if (target.connect(loop, address)) {
        succeed();
      }
    } catch (IOException e) {
      tryAnother(e.getMessage());
    } catch (UnsupportedAddressTypeException e) {
      tryAnother("an address of a kind that this machine does not have: " + address);
    }
  }

  /** Leaves each of so many further attempts its part of the time. */
  private void waitFor(int further) {
    if (patience != null) {
      patience.cancel();
    }
    long millis = (deadline - System.nanoTime()) / 1_000_000 / (further + 1);
    patience = loop.timers.in(Math.max(millis, 0), this::noAnswer);
  }

  /** The target's socket has connected, or could not. */
  void finish() {
    try {
      if (target.channel().finishConnect()) {
        succeed();
      }
    } catch (IOException e) {
      tryAnother(e.getMessage());
    }
  }

  private void noAnswer() {
    tryAnother("no answer after " + config.connectTimeout().toMillis() + " ms");
  }

  private void tryAnother(String cause) {
    if (addresses.isEmpty()) {
      fail(cause);
      return;
    }
    try {
      target.renew();
      tryNext();
    } catch (IOException e) {
      fail(e.getMessage());
    }
  }

  private void succeed() throws IOException {
    target.configure();
    cancel();
    connection.settle();
  }

  private void fail(String found) {
    if (!over) {
      cancel();
      target.closeChannel();
      connection.unreachable(found);
    }
  }

  void cancel() {
    over = true;
    if (patience != null) {
      patience.cancel();
    }
  }
}
