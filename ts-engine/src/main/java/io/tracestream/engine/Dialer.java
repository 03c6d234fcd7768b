package io.tracestream.engine;

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

/**
 * Connects sockets to one target. A name is looked up anew for each, off the loop, and its
 * addresses are tried as RFC 8305 says: alternating between the families, the next one when the one
 * before has failed or has not answered for 250 ms, and the first that answers wins. The address
 * that answered last is tried first. For all loops of an engine.
 */
public final class Dialer {
  private static final long NEXT_ATTEMPT_NANOS = 250_000_000;

  private final Engine engine;
  private final InetSocketAddress target;
  private final Duration timeout;
  /** Where our own clients connect: not a target. */
  private final InetSocketAddress ourselves;

  private final Names names;

  private volatile InetAddress answeredLast;
  /** Who waits for the next look-up; guarded by itself, as is the flag. */
  private final List<Consumer<InetAddress[]>> waiting = new ArrayList<>();

  private boolean lookingUp;

  /** Gives all addresses of a name. */
  interface Names {
    InetAddress[] addresses(String name) throws UnknownHostException;
  }

  /**
   * Makes a dialer.
   *
   * @param engine looks names up
   * @param target where to; a name that is left unresolved is looked up anew each time
   * @param timeout how long all of it may take
   * @param ourselves the address that is never connected to, as it is our own; or null
   */
  public Dialer(
      Engine engine, InetSocketAddress target, Duration timeout, InetSocketAddress ourselves) {
    this(engine, target, timeout, ourselves, InetAddress::getAllByName);
  }

  Dialer(
      Engine engine,
      InetSocketAddress target,
      Duration timeout,
      InetSocketAddress ourselves,
      Names names) {
    this.names = names;
    this.engine = engine;
    this.target = target;
    this.timeout = timeout;
    this.ourselves = ourselves;
  }

  /**
   * Whether one who connects to that address comes to the listener.
   *
   * @param address where to connect
   * @param listener the bound address of a listener of this process
   * @return true when it does
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

  /** Looks the name up anew: those who ask while a look-up is under way share the one after it. */
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
      return new InetAddress[0]; // whoever waits is told that there is no such name
    }
  }

  Dial dial(FrameSocket socket, SocketChannel spare) {
    Dial dial = new Dial(socket, spare);
    dial.start();
    return dial;
  }

  /** The dialling of one socket. For the thread of its loop, but for the look-up. */
  final class Dial {
    private final FrameSocket socket;
    private final EventLoop loop;
    private final Queue<InetSocketAddress> untried = new ArrayDeque<>(2);
    private final Set<Attempt> attempts = new HashSet<>(2);
    private SocketChannel spare;
    private EventLoop.Timer deadline;
    private EventLoop.Timer nextAttempt;
    private String lastFailure = "there is no such name";
    private boolean over;

    private Dial(FrameSocket socket, SocketChannel spare) {
      this.socket = socket;
      this.loop = socket.loop();
      this.spare = spare;
    }

    private void start() {
      deadline = loop.after(
          timeout.toNanos(), () -> fail("it has not answered for " + timeout.toMillis() + " ms"));
      if (target.isUnresolved()) {
        lookUp(found -> loop.execute(() -> tryAll(inOrder(found))));
      } else {
        // Not at once: a dial that ended before its socket has it could not be told apart.
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
      InetSocketAddress best = new InetSocketAddress(answeredLast, target.getPort());
      if (answeredLast != null && all.remove(best)) {
        all.add(0, best);
      }
      return all;
    }

    private void tryAll(List<InetSocketAddress> addresses) {
      if (!over) { // else it came too late
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

    /** Begins an attempt; false when it has failed already. */
    private boolean begin(InetSocketAddress address) {
      SocketChannel channel = null;
      try {
        channel = spare != null ? spare : SocketChannel.open();
        spare = null;
        new Attempt(channel, address).begin();
        if (!over && !untried.isEmpty()) {
          nextAttempt = loop.after(NEXT_ATTEMPT_NANOS, this::tryNext);
        }
        return true;
      } catch (IOException e) {
        lastFailure = e.getMessage();
      } catch (UnsupportedAddressTypeException e) {
        lastFailure = "this machine has no addresses of the kind of " + address;
      }
      if (channel != null) {
        Channels.close(channel);
      }
      return false;
    }

    private void fail(String why) {
      if (!over) {
        cancel();
        socket.unreachable(
            "target " + Addresses.asGiven(target) + " cannot be reached: " + why);
        socket.tellOwner();
      }
    }

    private void succeed(Attempt attempt) {
      attempts.remove(attempt);
      cancel();
      answeredLast = attempt.address.getAddress();
      socket.connected(attempt.channel, attempt.key);
      socket.tellOwner();
    }

    /** Gives up all that is under way. */
    void cancel() {
      over = true;
      deadline.cancel();
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
      private SelectionKey key;

      private Attempt(SocketChannel channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
      }

      private void begin() throws IOException {
        key = loop.register(channel, 0, this);
        attempts.add(this);
        try {
          if (channel.connect(address)) {
            accept();
          } else {
            key.interestOps(SelectionKey.OP_CONNECT);
          }
        } catch (IOException | UnsupportedAddressTypeException e) {
          attempts.remove(this);
          throw e;
        }
      }

      @Override
      public void ready(SelectionKey ready) {
        try {
          if (channel.finishConnect()) {
            accept();
          }
        } catch (IOException e) {
          lastFailure = e.getMessage();
          attempts.remove(this);
          Channels.close(channel);
          tryNext();
        }
      }

      private void accept() throws IOException {
        InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
        // Towards a free port of this machine, TCP can connect a socket to itself.
        if (peer.equals(channel.getLocalAddress())) {
          throw new IOException("nobody listens there");
        }
        if (ourselves != null && reaches(peer, ourselves)) {
          throw new IOException("it is this process itself");
        }
        FrameSocket.configure(channel);
        succeed(this);
      }

      @Override
      public void failed(Throwable cause) {
        socket.failed(cause);
      }
    }
  }
}
