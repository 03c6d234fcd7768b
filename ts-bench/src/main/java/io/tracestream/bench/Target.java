package io.tracestream.bench;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The server at the far end of a proxy; it serves from when it is made until it is closed. */
interface Target extends AutoCloseable {
  /** Where it listens: a free port of the loopback address. */
  InetSocketAddress address();

  /** Closes the listener and every connection. */
  @Override
  void close() throws IOException;
}
