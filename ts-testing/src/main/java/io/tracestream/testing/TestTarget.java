package io.tracestream.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A server in a test, on a free port: it hands out each connection that comes. */
public final class TestTarget implements AutoCloseable {
  private final ServerSocket server;

  private TestTarget(ServerSocket server) throws IOException {
    this.server = server;
    server.setSoTimeout(30_000);
  }

  public static TestTarget start() throws IOException {
    return new TestTarget(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()));
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  public TestPeer accept() throws IOException {
    return new TestPeer(server.accept());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
