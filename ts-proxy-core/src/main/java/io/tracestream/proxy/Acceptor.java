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
  private static final long MOST_LOOKS = 250;

  private final Proxy proxy;
  private final ServerSocketChannel server;
  private final List<EventLoop> loops;
  private final Recorder recorder;
  /** Clients that came while the recorded one was going. */
  private final Set<SocketChannel> waiting = new HashSet<>();
  /** The next client's socket to the target: without one no client is accepted. */
  private SocketChannel spare;

  private SelectionKey key;
  private long accepted;
  private boolean pausedBefore;
  private boolean closed;

  Acceptor(Proxy proxy, ServerSocketChannel server, List<EventLoop> loops, Recorder recorder) {
    this.proxy = proxy;
    this.server = server;
    this.loops = loops;
    this.recorder = recorder;
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
      SocketChannel client = accept();
      for (int i = 1; client != null; i++) {
        pausedBefore = false;
        admit(client);
        client = i < MOST_AT_ONCE ? accept() : null;
      }
    } catch (IOException e) {
      pause(e);
    }
  }

  private SocketChannel accept() throws IOException {
    if (spare == null) {
      spare = SocketChannel.open();
    }
    return server.accept();
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

  private void admit(SocketChannel client) {
    if (recorder == null || recorder.isFree()) {
      open(client);
    } else {
      // Decided when all that is ready was handled: the recorded client's end may be among it.
      waiting.add(client);
      loops.get(0).execute(() -> admitOrRefuse(client, 0));
    }
  }

  private void admitOrRefuse(SocketChannel client, long looks) {
    if (closed) {
      return;
    }
    if (recorder.isFree()) {
      waiting.remove(client);
      open(client);
    } else if (recorder.isEnding() && looks < MOST_LOOKS) {
      loops.get(0).timers.in(LOOK_AGAIN_MILLIS, () -> admitOrRefuse(client, looks + 1));
    } else {
      LOG.warn(
          "another client: found one being recorded, expected none; closing it: come back later,"
              + " or start a proxy of its own for it");
      waiting.remove(client);
      close(client);
    }
  }

  private void open(SocketChannel client) {
    EventLoop loop = loops.get((int) (accepted++ % loops.size()));
    Connection connection = new Connection(accepted, proxy, loop, recorder, client, spare);
    spare = null;
    if (loop == loops.get(0)) {
      connection.open();
    } else {
      loop.execute(connection::open);
    }
  }

  @Override
  public void close() {
    closed = true;
    close(server);
    waiting.forEach(Acceptor::close);
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
