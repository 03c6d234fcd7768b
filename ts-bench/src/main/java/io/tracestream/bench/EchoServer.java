package io.tracestream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Sends every byte back. One thread serves all connections. */
final class EchoServer implements AutoCloseable {
  private static final int BUFFER = 128 * 1024;
  /** As many clients may dial at once as the kernel allows. */
  private static final int BACKLOG = 4096;

  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final InetSocketAddress address;

  EchoServer() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    address = (InetSocketAddress) listener.getLocalAddress();
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    Thread thread = new Thread(this::run, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return address;
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready);
      }
    } catch (ClosedSelectorException e) {
      // the normal end
    } catch (IOException | UncheckedIOException e) {
      System.err.println("ts-bench: echo server: " + e.getMessage());
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.channel() == listener) {
        acceptAll();
      } else if (!echo(key)) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void acceptAll() throws IOException {
    for (SocketChannel next = listener.accept(); next != null; next = listener.accept()) {
      next.configureBlocking(false);
      next.setOption(StandardSocketOptions.TCP_NODELAY, true);
      next.register(selector, SelectionKey.OP_READ);
    }
  }

  /**
   * Reads once and writes that back; what is not taken becomes the key's attachment.
   *
   * @return false at the end; the client has said itself why it went away
   */
  private boolean echo(SelectionKey key) {
    SocketChannel connection = (SocketChannel) key.channel();
    ByteBuffer out = (ByteBuffer) key.attachment();
    try {
      if (out == null && connection.read(buffer.clear()) < 0) {
        return false;
      }
      boolean isRest = out != null;
      out = isRest ? out : buffer.flip();
      connection.write(out);
      if (!out.hasRemaining() && isRest) {
        key.attach(null);
        key.interestOps(SelectionKey.OP_READ);
      } else if (out.hasRemaining() && !isRest) {
        key.attach(ByteBuffer.allocateDirect(out.remaining()).put(out).flip());
        key.interestOps(SelectionKey.OP_WRITE);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    // A closed channel lives on until its selector has seen that: so the channels go first.
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
