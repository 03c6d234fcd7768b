package io.tracestream.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts clients, on the first loop of an engine. When file descriptors run out, accepting pauses,
 * and existing connections go on.
 */
public final class Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 4096;
  /** How many clients to accept before those that are connected get their turn. */
  private static final int MOST_AT_ONCE = 64;

  private static final long PAUSE_NANOS = 200_000_000;
  /** Held while a listener takes descriptors, and while one is exchanged for another. */
  private static final Object DESCRIPTORS = new Object();

  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  /** Null until it is started. */
  private @Nullable Accepting accepting;

  /** Takes the clients. */
  public interface Handler {
    /**
     * A client has connected. On the first loop's thread.
     *
     * @param client its connection, which belongs to the handler from now on
     * @param spares open sockets, which belong to the handler as well: to connect to a target with,
     *     or to open something else {@linkplain Listener#inPlaceOf in place of}
     */
    void accepted(SocketChannel client, SocketChannel[] spares);

    /** The first loop stops: close clients that still wait for a decision. On its thread. */
    default void stopped() {}
  }

  /** What opens a file, for instance. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Opens it.
     *
     * @throws IOException if it cannot be opened
     */
    void open() throws IOException;
  }

  private Listener(ServerSocketChannel server) throws IOException {
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalAddress();
  }

  /**
   * Binds; clients wait until {@link #start}.
   *
   * @param address where clients will connect; port 0 takes a free port
   * @return the listener; close it, or start it
   * @throws IOException if the address cannot be bound
   */
  public static Listener bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel server = Channels.openServer(address);
    try {
      server.bind(address, BACKLOG);
      return new Listener(server);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
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
   * Begins to accept. The listener is closed with the engine.
   *
   * @param engine the engine whose first loop accepts
   * @param descriptors how many file descriptors each client needs besides its connection: while
   *     there are not enough, clients wait instead of being accepted and closed
   * @param target where spare sockets will be connected to; null if that can be anywhere
   * @param clients takes the clients
   */
  public void start(
      Engine engine, int descriptors, @Nullable InetSocketAddress target, Handler clients) {
    Accepting started = new Accepting(engine.first(), descriptors, target, clients);
    accepting = started;
    engine.first().execute(started::begin);
  }

  /**
   * Pauses or resumes accepting. Clients wait meanwhile. On the first loop's thread.
   *
   * @param pause true to pause
   */
  public void pause(boolean pause) {
    if (accepting != null) {
      accepting.pause(pause);
    }
  }

  /** Stops accepting. On the first loop's thread, once started. */
  public void close() {
    Channels.close(server);
    if (accepting != null) {
      accepting.closeSpares();
    }
  }

  /**
   * Closes spare sockets and opens something else with their descriptors, which no listener takes
   * for a new client in between. On any thread.
   *
   * @param spares sockets from {@link Handler#accepted}
   * @param opening opens what needs the descriptors, and does not wait for anything
   * @throws IOException if it cannot be opened
   */
  public static void inPlaceOf(SocketChannel[] spares, Opening opening) throws IOException {
    synchronized (DESCRIPTORS) {
      for (SocketChannel spare : spares) {
        spare.close();
      }
      opening.open();
    }
  }

  /** What a started listener does on the first loop. */
  private final class Accepting implements EventLoop.Handler, EventLoop.Resident {
    private final EventLoop loop;
    private final @Nullable InetSocketAddress target;
    private final Handler handler;
    /** Open sockets that reserve the descriptors that the next client will need. */
    private @Nullable SocketChannel[] spares;

    private @Nullable SelectionKey key;
    private boolean paused;
    private boolean failedBefore;

    private Accepting(
        EventLoop loop, int descriptors, @Nullable InetSocketAddress target, Handler handler) {
      this.loop = loop;
      this.target = target;
      this.handler = handler;
      this.spares = new SocketChannel[descriptors];
    }

    private void begin() {
      loop.add(this);
      try {
        key = loop.register(server, SelectionKey.OP_ACCEPT, this);
      } catch (IOException e) { // closed meanwhile
        LOG.debug("{}: {}", this, e.getMessage());
      }
    }

    private void pause(boolean pause) {
      paused = pause;
      if (key != null && key.isValid()) {
        key.interestOps(pause ? 0 : SelectionKey.OP_ACCEPT);
      }
    }

    @Override
    public void ready(SelectionKey ready) {
      try {
        for (int i = 0; i < MOST_AT_ONCE && !paused && accept(); i++) {
          failedBefore = false;
        }
      } catch (IOException e) {
        pauseShortly(ready, e);
      }
    }

    private boolean accept() throws IOException {
      SocketChannel client;
      synchronized (DESCRIPTORS) {
        for (int i = 0; i < spares.length; i++) {
          spares[i] = spares[i] == null ? Channels.open(target) : spares[i];
        }
        client = server.accept();
      }
      if (client == null) {
        return false;
      }
      SocketChannel[] its = spares;
      spares = new SocketChannel[its.length];
      handler.accepted(client, its);
      return true;
    }

    /** Most likely the process has no file descriptors left: clients wait in the backlog. */
    private void pauseShortly(SelectionKey ready, IOException cause) {
      if (!failedBefore) {
        failedBefore = true;
        LOG.warn(
            "cannot accept clients: {}; trying again, existing connections go on; raise the limit of "
                + "open files",
            cause.getMessage());
      }
      closeSpares(); // connections and the JVM itself may need them now
      ready.interestOps(0);
      loop.after(PAUSE_NANOS, () -> pause(paused));
    }

    @Override
    public void second() {
      // There are no time-outs.
    }

    @Override
    public void failed(Throwable cause) {
      // The handler closes the client; others can still connect.
    }

    @Override
    public void stop() {
      close();
      handler.stopped();
    }

    private void closeSpares() {
      for (int i = 0; i < spares.length; i++) {
        SocketChannel spare = spares[i];
        if (spare != null) {
          Channels.close(spare);
          spares[i] = null;
        }
      }
    }

    @Override
    public String toString() {
      return "accepting on " + address;
    }
  }
}
