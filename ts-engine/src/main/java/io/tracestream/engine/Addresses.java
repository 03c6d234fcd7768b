package io.tracestream.engine;

import java.net.InetSocketAddress;

/** Addresses as people write them: {@code HOST:PORT}, and {@code [HOST]:PORT} for IPv6. */
public final class Addresses {
  private Addresses() {}

  /**
   * An address as it was given.
   *
   * @param address with its name, if it was made from one
   * @return such as {@code localhost:9000}
   */
  public static String asGiven(InetSocketAddress address) {
    return joined(address.getHostString(), address.getPort());
  }

  /**
   * An address in numbers.
   *
   * @param address a resolved one
   * @return such as {@code 127.0.0.1:9000}
   */
  public static String numeric(InetSocketAddress address) {
    return joined(address.getAddress().getHostAddress(), address.getPort());
  }

  private static String joined(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
