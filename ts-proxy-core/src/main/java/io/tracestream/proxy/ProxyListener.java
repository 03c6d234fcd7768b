package io.tracestream.proxy;

import java.net.InetSocketAddress;

/**
 * Is told what becomes of connections. Called on the connection's event loop, never for each frame:
 * a listener that waits holds up all connections of that loop. What it throws is logged.
 */
public interface ProxyListener {
  /** Does nothing: what there is without a listener. */
  ProxyListener NONE = new ProxyListener() {};

  /**
   * A client has connected. The target is connected next.
   *
   * @param connection its number, from 1
   * @param client the client's address
   */
  default void opened(long connection, InetSocketAddress client) {}

  /**
   * A connection is given up: its target cannot be reached, or what came is no frame. It is closed
   * soon.
   *
   * @param connection its number
   * @param reason one line: what was found, what was expected
   */
  default void failed(long connection, String reason) {}

  /**
   * A connection is closed, and what it recorded is handed over to the operating system.
   *
   * @param connection its number
   */
  default void closed(long connection) {}
}
