package io.tracestream.engine;

import io.tracestream.tls.ClientTls;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Connects sockets to one target. A name is looked up anew for each socket, on another thread than
 * the loop's, and its addresses are tried as in RFC 8305: alternating between IPv6 and IPv4, the
 * next one when the one before has failed or has not answered for 250 ms; the first that answers
 * wins. The address that answered last time is tried first. For all loops of an engine.
 */
public final class Dialer {
  private static final long NEXT_ATTEMPT_NANOS = 250_000_000;

  private final Engine engine;
  private final InetSocketAddress target;
  private final Duration timeout;
  /** Where our own clients connect, which is not a target; or null. */
  private final @Nullable InetSocketAddress ourselves;

  private final @Nullable ClientTls tls;
  private final Names names;

  private volatile @Nullable InetAddress answeredLast;
  /** Who waits for the next look-up. Guarded by itself, as is the flag. */
  private final List<Consumer<InetAddress[]>> waiting = new ArrayList<>();

  private boolean lookingUp;

  /** Finds all addresses of a name. */
  interface Names {
    InetAddress[] addresses(String name) throws UnknownHostException;
  }

  /**
   * Makes a dialer.
   *
   * @param engine looks names up
   * @param target the address to connect to; an unresolved name is looked up anew each time
   * @param timeout how long the look-up and all attempts may take together
   * @param ourselves our own address, which is never connected to; or null
   * @param tls how to speak TLS with the target; null for plain connections
   */
  public Dialer(
      Engine engine,
      InetSocketAddress target,
      Duration timeout,
      @Nullable InetSocketAddress ourselves,
      @Nullable ClientTls tls) {
    this(engine, target, timeout, ourselves, tls, InetAddress::getAllByName);
  }

  Dialer(
      Engine engine,
      InetSocketAddress target,
      Duration timeout,
      @Nullable InetSocketAddress ourselves,
      @Nullable ClientTls tls,
      Names names) {
    this.names = names;
    this.tls = tls;
    this.engine = engine;
    this.target = target;
    this.timeout = timeout;
    this.ourselves = ourselves;
  }

  /**
   * Whether connecting to an address leads to a listener of this process.
   *
   * @param address the address to connect to
   * @param listener the bound address of the listener
   * @return true if it does
   */
  public static boolean reaches(InetSocketAddress address, InetSocketAddress listener) {
    if (address.isUnresolved() || address.getPort() != listener.getPort()) {
      return false;
    }
    return listener.getAddress().isAnyLocalAddress()
        ? isLocal(address.getAddress())
        : address.getAddress().equals(listener.getAddress())
            || address.getAddress().isAnyLocalAddress() && isLocal(listener.getAddress());
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Looks the name up: those who ask while a look-up is under way share the next one. */
  private void lookUp(Consumer<InetAddress[]> found) {
    synchronized (waiting) {
      waiting.add(found);
      if (lookingUp) {
        return;
      }
      lookingUp = true;
    }
    engine.lookUp(this::lookUpForAll);
  }

  private void lookUpForAll() {
    for (List<Consumer<InetAddress[]>> all = takeWaiting(); !all.isEmpty(); all = takeWaiting()) {
      InetAddress[] addresses = addresses();
      all.forEach(one -> one.accept(addresses));
    }
  }

  private List<Consumer<InetAddress[]>> takeWaiting() {
    synchronized (waiting) {
      List<Consumer<InetAddress[]>> all = List.copyOf(waiting);
      waiting.clear();
      lookingUp = !all.isEmpty();
      return all;
    }
  }

  private InetAddress[] addresses() {
    try {
      return names.addresses(target.getHostString());
    } catch (UnknownHostException | RuntimeException | Error e) {
      return new InetAddress[0]; // those who wait then find that there is no such name
    }
  }

  Dial dial(FrameSocket socket, @Nullable SocketChannel spare) {
    return new Dial(socket, spare);
  }

  /** The target's name, for people. */
  String targetName() {
    return Addresses.asGiven(target);
  }

  /** How long it may take to connect; a TLS handshake may take as long again. */
  Duration timeout() {
    return timeout;
  }

  /** TLS with the target, of which these application protocols are asked; null for none. */
  @Nullable
  Supplier<SSLEngine> tlsFor(List<String> protocols) {
    ClientTls its = tls;
    return its == null
        ? null
        : () -> its.engine(target.getHostString(), target.getPort(), protocols);
  }

  /** Connects one socket. For the thread of its loop, except for the look-up. */
  final class Dial {
    private final FrameSocket socket;
    private final EventLoop loop;
    private final Queue<InetSocketAddress> untried = new ArrayDeque<>(2);
    private final Set<Attempt> attempts = new HashSet<>(2);
    private EventLoop.@Nullable Timer deadline;
    private @Nullable SocketChannel spare;
    private EventLoop.@Nullable Timer nextAttempt;
    private String lastFailure = "there is no such name";
    private boolean over;

    private Dial(FrameSocket socket, @Nullable SocketChannel spare) {
      this.socket = socket;
      this.loop = socket.loop();
      this.spare = spare;
    }

    void start() {
      deadline = loop.after(
          timeout.toNanos(), () -> fail("it has not answered for " + timeout.toMillis() + " ms"));
      if (target.isUnresolved()) {
        lookUp(found -> loop.execute(() -> tryAll(inOrder(found))));
      } else {
        // Not at once: the socket has to know this dial before it can fail.
        loop.execute(() -> tryAll(List.of(target)));
      }
    }

    private List<InetSocketAddress> inOrder(InetAddress[] found) {
      List<InetAddress> first = new ArrayList<>();
      Queue<InetAddress> second = new ArrayDeque<>();
      for (InetAddress address : found) {
        boolean sameFamily = address instanceof Inet6Address == found[0] instanceof Inet6Address;
        (sameFamily ? first : second).add(address);
      }
      List<InetSocketAddress> all = new ArrayList<>();
      for (InetAddress address : first) {
        all.add(new InetSocketAddress(address, target.getPort()));
        if (!second.isEmpty()) {
          all.add(new InetSocketAddress(second.remove(), target.getPort()));
        }
      }
      second.forEach(address -> all.add(new InetSocketAddress(address, target.getPort())));
      InetAddress last = answeredLast;
      if (last != null) {
        InetSocketAddress best = new InetSocketAddress(last, target.getPort());
        if (all.remove(best)) {
          all.add(0, best);
        }
      }
      return all;
    }

    private void tryAll(List<InetSocketAddress> addresses) {
      if (!over) { // else the addresses came too late
        untried.addAll(addresses);
        tryNext();
      }
    }

    private void tryNext() {
      if (nextAttempt != null) {
        nextAttempt.cancel();
        nextAttempt = null;
      }
      while (!over && !untried.isEmpty()) {
        if (begin(untried.remove())) {
          return;
        }
      }
      if (!over && attempts.isEmpty()) {
        fail(lastFailure);
      }
    }

    /** Begins an attempt; false if it has failed already. */
    private boolean begin(InetSocketAddress address) {
      SocketChannel channel = null;
      try {
        channel = spare != null ? spare : Channels.open(address);
        spare = null;
        new Attempt(channel, address).begin();
        if (!over && !untried.isEmpty()) {
          nextAttempt = loop.after(NEXT_ATTEMPT_NANOS, this::tryNext);
        }
        return true;
      } catch (IOException e) {
        lastFailure = Channels.problem(e);
      } catch (UnsupportedAddressTypeException e) {
        lastFailure = "this machine cannot use addresses such as " + address;
      }
      if (channel != null) {
        Channels.close(channel);
      }
      return false;
    }

    private void fail(String why) {
      if (!over) {
        cancel();
        socket.unreachable("target " + targetName() + " cannot be reached: " + why);
        socket.tellOwner();
      }
    }

    private void succeed(Attempt attempt, SelectionKey key) {
      attempts.remove(attempt);
      cancel();
      answeredLast = attempt.address.getAddress();
      socket.connected(attempt.channel, key);
      socket.tellOwner();
    }

    /** Gives up all attempts. */
    void cancel() {
      over = true;
      if (deadline != null) {
        deadline.cancel();
      }
      if (nextAttempt != null) {
        nextAttempt.cancel();
      }
      attempts.forEach(attempt -> Channels.close(attempt.channel));
      attempts.clear();
      if (spare != null) {
        Channels.close(spare);
        spare = null;
      }
    }

    /** One address. */
    private final class Attempt implements EventLoop.Handler {
      private final SocketChannel channel;
      private final InetSocketAddress address;

      private Attempt(SocketChannel channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
      }

      private void begin() throws IOException {
        SelectionKey key = loop.register(channel, 0, this);
        attempts.add(this);
        try {
          if (channel.connect(address)) {
            accept(key);
          } else {
            key.interestOps(SelectionKey.OP_CONNECT);
          }
        } catch (IOException | UnsupportedAddressTypeException e) {
          attempts.remove(this);
          throw e;
        }
      }

      @Override
      public void ready(SelectionKey key) {
        try {
          if (channel.finishConnect()) {
            accept(key);
          }
        } catch (IOException e) {
          lastFailure = Channels.problem(e).replace(" (connect failed)", ""); // JDK 21 adds that
          attempts.remove(this);
          Channels.close(channel);
          tryNext();
        }
      }

      private void accept(SelectionKey key) throws IOException {
        InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
        // TCP can connect a socket to itself if nobody listens on a port of this machine.
        if (peer.equals(channel.getLocalAddress())) {
          throw new IOException("nobody listens there");
        }
        if (ourselves != null && reaches(peer, ourselves)) {
          throw new IOException("it is this process itself");
        }
        FrameSocket.configure(channel);
        succeed(this, key);
      }

      @Override
      public void failed(Throwable cause) {
        socket.failed(cause);
      }
    }
  }
}
