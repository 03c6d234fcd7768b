package io.tracestream.proxy;

import java.net.InetSocketAddress;

/**
 * Is told what becomes of connections, never of each frame. Called on one thread of its own, in
 * order: a listener that waits holds up nothing but what it would be told next, and all methods of
 * the proxy may be called from it. What it throws is logged.
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
   * @param reason what happened, in one line
   */
  default void failed(long connection, String reason) {}

  /**
   * A connection is closed, and what it recorded is handed over to the operating system.
   *
   * @param connection its number
   */
  default void closed(long connection) {}
}
