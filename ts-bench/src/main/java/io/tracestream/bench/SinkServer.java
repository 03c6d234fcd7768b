package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Discards what one client after the other sends, and counts its bytes. */
final class SinkServer implements AutoCloseable {
  private static final int BUFFER = 1 << 20;

  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final InetSocketAddress address;
  /** Bytes that arrived and nobody has waited for yet; guarded by this. */
  private long arrived;

  SinkServer() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = (InetSocketAddress) listener.getLocalAddress();
    Thread thread = new Thread(this::serve, "sink");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return address;
  }

  /** A thread that blocks in its reads: a selector would need two system calls for each. */
  private void serve() {
    ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    while (listener.isOpen()) {
      in.clear();
      try (SocketChannel client = listener.accept()) {
        for (int count = client.read(in); count >= 0; count = client.read(in.clear())) {
          add(count);
        }
      } catch (IOException e) {
        // closed, or a client that has said itself why it went away
      }
    }
  }

  private synchronized void add(int count) {
    arrived += count;
    notifyAll();
  }

  /** Waits until this many more bytes have arrived. */
  synchronized void await(long bytes) throws IOException {
    try {
      long lastMove = System.nanoTime();
      for (long before = arrived; arrived < bytes; wait(Load.STALL_MILLIS / 10)) {
        long now = System.nanoTime();
        if (arrived > before) {
          lastMove = now;
          before = arrived;
        } else if (now - lastMove > Load.STALL_MILLIS * 1_000_000L) {
          throw new IOException(
              "nothing more arrived after " + arrived + " of " + bytes + " bytes");
        }
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    arrived -= bytes;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
