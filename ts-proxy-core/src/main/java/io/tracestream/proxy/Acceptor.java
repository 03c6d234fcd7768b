package io.tracestream.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients and hands them to the event loops in turn. Lives on the first of these. */
final class Acceptor implements EventLoop.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  /** Then those who are connected already have their turn. */
  private static final int MOST_AT_ONCE = 64;

  private static final long PAUSE_MILLIS = 200;
  private static final long LOOK_AGAIN_MILLIS = 2;
  private static final int MOST_LOOKS = 250;

  private final Proxy proxy;
  private final ServerSocketChannel server;
  private final List<EventLoop> loops;
  private final Recorders recorders;
  /** Clients that came while the recorded one was going. */
  private final Set<Arrival> waiting = new HashSet<>();
  /** The next client's socket to the target: without one no client is accepted. */
  private SocketChannel spare;

  private SelectionKey key;
  private long accepted;
  private boolean pausedBefore;
  private boolean closed;

  /** A client, and the socket that is to become its connection to the target. */
  private record Arrival(SocketChannel client, SocketChannel target) {
    private void close() {
      Acceptor.close(client);
      Acceptor.close(target);
    }
  }

  Acceptor(Proxy proxy, ServerSocketChannel server, List<EventLoop> loops, Recorders recorders) {
    this.proxy = proxy;
    this.server = server;
    this.loops = loops;
    this.recorders = recorders;
  }

  /** Begins to accept; on the first loop's thread. */
  void start() {
    try {
      key = loops.get(0).register(server, SelectionKey.OP_ACCEPT, this);
    } catch (IOException e) {
      proxy.fail(e);
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    try {
      Arrival arrival = accept();
      for (int i = 1; arrival != null; i++) {
        pausedBefore = false;
        admit(arrival);
        arrival = i < MOST_AT_ONCE ? accept() : null;
      }
    } catch (IOException e) {
      pause(e);
    }
  }

  private Arrival accept() throws IOException {
    if (spare == null) {
      spare = SocketChannel.open();
    }
    SocketChannel client = server.accept();
    if (client == null) {
      return null;
    }
    Arrival arrival = new Arrival(client, spare);
    spare = null;
    return arrival;
  }

  /** Most likely the process has no file descriptors left: clients wait in the backlog. */
  private void pause(IOException cause) {
    if (!pausedBefore) {
      pausedBefore = true;
      LOG.warn(
          "accepting: found \"{}\", expected a connection; accepting pauses, connections go on: "
              + "raise the limit of open files",
          cause.getMessage());
    }
    key.interestOps(0);
    loops.get(0).timers.in(PAUSE_MILLIS, () -> key.interestOps(SelectionKey.OP_ACCEPT));
  }

  private void admit(Arrival arrival) {
    if (recorders.areFree()) {
      open(arrival);
    } else {
      // Decided when all that is ready was handled: the recorded client's end may be among it.
      waiting.add(arrival);
      loops.get(0).execute(() -> admitOrRefuse(arrival, 0));
    }
  }

  private void admitOrRefuse(Arrival arrival, int looks) {
    if (closed) {
      return;
    }
    if (recorders.areFree()) {
      waiting.remove(arrival);
      open(arrival);
    } else if (recorders.areEnding() && looks < MOST_LOOKS) {
      loops.get(0).timers.in(LOOK_AGAIN_MILLIS, () -> admitOrRefuse(arrival, looks + 1));
    } else {
      LOG.warn(
          "another client: found one being recorded, expected none; closing it: come back later,"
              + " or start a proxy of its own for it");
      waiting.remove(arrival);
      arrival.close();
    }
  }

  private void open(Arrival arrival) {
    EventLoop loop = loops.get((int) (accepted++ % loops.size()));
    long number = accepted;
    Recorder recorder = recorders.next(number, loop);
    if (loop == loops.get(0)) {
      open(number, loop, recorder, arrival);
    } else {
      loop.execute(() -> open(number, loop, recorder, arrival));
    }
  }

  /** On the thread of that loop, to which all of a connection belongs. */
  private void open(long number, EventLoop loop, Recorder recorder, Arrival arrival) {
    try {
      new Connection(number, proxy, loop, recorder, arrival.client, arrival.target).open();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("connection {}: found {}, expected none; closing it", number, e.toString(), e);
      arrival.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    close(server);
    waiting.forEach(Arrival::close);
    if (spare != null) {
      close(spare);
    }
  }

  private static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing {}: {}", channel, e.getMessage());
    }
  }
}
