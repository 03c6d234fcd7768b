package io.tracestream.engine;

import static java.net.StandardProtocolFamily.INET;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Helpers for channels. */
final class Channels {
  private Channels() {}

  /** A socket to connect with; to any address, if it is null or not looked up yet. */
  static SocketChannel open(@Nullable InetSocketAddress target) throws IOException {
    return isIpv4(target) ? SocketChannel.open(INET) : SocketChannel.open();
  }

  /** A socket to listen with on that address. Who listens on 0.0.0.0 is reached by IPv6, too. */
  static ServerSocketChannel openServer(InetSocketAddress address) throws IOException {
    return isIpv4(address) && !address.getAddress().isAnyLocalAddress()
        ? ServerSocketChannel.open(INET)
        : ServerSocketChannel.open();
  }

  /** Sockets that speak only IPv4 cost the system less than those that speak both. */
  private static boolean isIpv4(@Nullable InetSocketAddress address) {
    return address != null && address.getAddress() instanceof Inet4Address;
  }

  /** What went wrong, as a clause. Some errors say nothing but their names. */
  static String problem(IOException e) {
    String message = e.getMessage();
    return message != null ? message : e.toString();
  }

  /** Closes a channel of which nothing can be lost: all that could be sent is with the system. */
  static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }
}
