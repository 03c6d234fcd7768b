package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Discards frames. An empty frame is answered by one with the number of frames before it, as an
 * 8-byte payload. Each connection has a thread that blocks in its reads: with a selector it would
 * need two system calls where this needs one.
 */
final class SinkServer implements Target {
  private static final int BUFFER = 1 << 20;

  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final InetSocketAddress address;

  SinkServer() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = (InetSocketAddress) listener.getLocalAddress();
    start("sink accepting", this::acceptAll);
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  private void acceptAll() {
    try {
      while (true) {
        SocketChannel connection = listener.accept();
        connections.add(connection);
        start("sink reading", () -> serve(connection));
      }
    } catch (IOException e) {
      // closed: there is nobody left to serve
    }
  }

  private void serve(SocketChannel channel) {
    try (SocketChannel connection = channel) {
      connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
      Counter counter = new Counter();
      while (connection.read(in) >= 0) {
        counter.take(in.flip(), connection);
        in.compact();
      }
    } catch (IOException e) {
      // A client that went away has said itself why.
    } finally {
      connections.remove(channel);
    }
  }

  /** Keeps the place in the stream of one connection. */
  private static final class Counter {
    private long frames;
    private long payloadLeft;
    private final ByteBuffer reply = ByteBuffer.allocateDirect(2 * Long.BYTES);

    /** Takes all but a partial header. */
    void take(ByteBuffer in, SocketChannel connection) throws IOException {
      while (true) {
        int skipped = (int) Math.min(payloadLeft, in.remaining());
        in.position(in.position() + skipped);
        payloadLeft -= skipped;
        if (in.remaining() < Frames.HEADER_LENGTH) {
          return;
        }
        payloadLeft = in.getLong();
        if (payloadLeft == 0) {
          answer(connection);
        } else {
          frames++;
        }
      }
    }

    private void answer(SocketChannel connection) throws IOException {
      reply.clear().putLong(Long.BYTES).putLong(frames).flip();
      while (reply.hasRemaining()) {
        connection.write(reply);
      }
      frames = 0;
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes the listener and every connection; their threads end soon after. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
