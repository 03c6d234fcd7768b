package io.tracestream.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One of a connection's two sockets, between the relay that reads it and the relay that writes it.
 */
final class Endpoint implements EventLoop.Handler {
  private final Connection connection;
  private final String name;
  private SocketChannel channel;
  private SelectionKey key;
  /** The relays that carry away what this endpoint sends, and bring what it receives. */
  private Relay away;

  private Relay toward;

  Endpoint(Connection connection, String name, SocketChannel channel) {
    this.connection = connection;
    this.name = name;
    this.channel = channel;
  }

  void join(Relay away, Relay toward) {
    this.away = away;
    this.toward = toward;
  }

  SocketChannel channel() {
    return channel;
  }

  void register(EventLoop loop) throws IOException {
    key = loop.register(channel, 0, this);
  }

  /** Begins to connect; true when that is done at once. */
  boolean connect(EventLoop loop, InetSocketAddress address) throws IOException {
    register(loop);
    if (channel.connect(address)) {
      return true;
    }
    key.interestOps(SelectionKey.OP_CONNECT);
    return false;
  }

  /** Puts another socket in the place of one that could not connect. */
  void renew() throws IOException {
    channel.close();
    channel = SocketChannel.open();
  }

  void configure() throws IOException {
    channel.setOption(
        StandardSocketOptions.TCP_NODELAY, true); // a frame is not to wait for an acknowledgement
    channel.setOption(
        StandardSocketOptions.SO_KEEPALIVE, true); // a peer that vanished is found out in the end
  }

  /** Asks for what the relays can do now. */
  void updateInterest() {
    int interest = (away.wantsToRead() ? SelectionKey.OP_READ : 0)
        | (toward.wantsToWrite() ? SelectionKey.OP_WRITE : 0);
    if (key != null && key.isValid() && key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    int ops = ready.readyOps();
    if ((ops & SelectionKey.OP_CONNECT) != 0) {
      connection.finishConnect();
      return;
    }
    if ((ops & SelectionKey.OP_WRITE) != 0) {
      toward.writable();
    }
    if ((ops & SelectionKey.OP_READ) != 0 && channel.isOpen()) {
      away.readable();
    }
  }

  /** Sends a FIN behind all that was written. */
  void endSending() {
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      // It broke meanwhile; reading from it will tell.
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost: all that could be sent was handed to the operating system before.
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
