package io.tracestream.examples;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server on the JDK's own streams, for one client after another. */
final class BlockingServer implements AutoCloseable {
  /** What it does for a client. */
  interface Service {
    /** Answers one request; throws an {@link EOFException} after the last one. */
    void answer(DataInputStream in, DataOutputStream out) throws IOException;
  }

  private final ServerSocket server;
  private final Service service;

  private BlockingServer(ServerSocket server, Service service) {
    this.server = server;
    this.service = service;
  }

  static BlockingServer start(Service service) throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BlockingServer server = new BlockingServer(socket, service);
    Thread thread = new Thread(server::acceptAll, "blocking-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        serve(client);
      } catch (IOException e) {
        // The client is gone, or this server is closed. If it matters, the client reports it.
      }
    }
  }

  private void serve(Socket client) throws IOException {
    client.setTcpNoDelay(true);
    DataInputStream in = new DataInputStream(client.getInputStream());
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    while (true) {
      service.answer(in, out);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
