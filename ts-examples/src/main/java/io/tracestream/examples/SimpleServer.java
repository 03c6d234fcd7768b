package io.tracestream.examples;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that sends every payload back as it came. Each connection has a thread of its own, which
 * holds as much memory as the largest payload that came on it.
 */
public final class SimpleServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SimpleServer.class);
  private static final int BACKLOG = 1024;
  private static final long PAUSE_MILLIS = 200;

  private final FrameFormat format;
  private final ServerSocket server = new ServerSocket();
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

  private SimpleServer(InetSocketAddress listen, FrameFormat format) throws IOException {
    this.format = format;
    try {
      server.bind(listen, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /**
   * Binds and serves.
   *
   * @param listen where clients connect; port 0 takes a free port
   * @param format the frames of both directions
   * @return the running server; close it
   * @throws IOException if the address cannot be bound
   */
  public static SimpleServer start(InetSocketAddress listen, FrameFormat format)
      throws IOException {
    SimpleServer simple = new SimpleServer(listen, format);
    new Thread(simple::acceptAll, "simple-server").start();
    return simple;
  }

  /**
   * Where clients connect.
   *
   * @return the bound address, with its real port
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        clients.add(client);
        Thread thread = new Thread(() -> serve(client), "simple-server-client");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException | OutOfMemoryError e) { // no more descriptors or threads
        if (!server.isClosed()) {
          LOG.warn("cannot accept clients: {}; trying again shortly", e.getMessage());
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket client) {
    try (client) {
      LOG.debug("client {}: accepted", client.getRemoteSocketAddress());
      client.setTcpNoDelay(true);
      FrameReader in = new FrameReader(client.getInputStream(), format.ofClient());
      FrameWriter out = new FrameWriter(client.getOutputStream(), format.ofServer());
      for (ByteBuffer payload = in.lend(); payload != null; payload = in.lend()) {
        out.write(payload);
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        LOG.warn("client {}: {}", client.getRemoteSocketAddress(), e.getMessage());
      }
    } finally {
      clients.remove(client);
    }
  }

  /** Stops: closes all connections. */
  @Override
  public void close() throws IOException {
    server.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
