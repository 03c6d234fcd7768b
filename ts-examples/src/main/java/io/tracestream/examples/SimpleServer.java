package io.tracestream.examples;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
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
  private static final int HANDSHAKE_MILLIS = 10_000;

  private final FrameFormat format;
  /** Null for plain connections. */
  private final ServerTls tls;

  private final ServerSocket server = new ServerSocket();
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();

  private SimpleServer(InetSocketAddress listen, FrameFormat format, ServerTls tls)
      throws IOException {
    this.format = format;
    this.tls = tls;
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
    return start(listen, format, null);
  }

  /**
   * Binds and serves, with TLS.
   *
   * @param listen where clients connect; port 0 takes a free port
   * @param format the frames of both directions
   * @param tls how to speak TLS with clients; null for plain connections
   * @return the running server; close it
   * @throws IOException if the address cannot be bound
   */
  public static SimpleServer start(InetSocketAddress listen, FrameFormat format, ServerTls tls)
      throws IOException {
    SimpleServer simple = new SimpleServer(listen, format, tls);
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

  private void serve(Socket accepted) {
    try (accepted;
        Socket client = tls == null ? accepted : secured(accepted)) {
      LOG.debug("client {}: accepted", client.getRemoteSocketAddress());
      accepted.setTcpNoDelay(true);
      FrameReader in = new FrameReader(client.getInputStream(), format.ofClient());
      FrameWriter out = new FrameWriter(client.getOutputStream(), format.ofServer());
      for (ByteBuffer payload = in.lend(); payload != null; payload = in.lend()) {
        out.write(payload);
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        LOG.warn("client {}: {}", accepted.getRemoteSocketAddress(), e.getMessage());
      }
    } finally {
      clients.remove(accepted);
    }
  }

  private Socket secured(Socket accepted) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.context().getSocketFactory().createSocket(accepted, null, true);
    secured.setSSLParameters(tls.parameters());
    accepted.setSoTimeout(HANDSHAKE_MILLIS);
    secured.startHandshake();
    accepted.setSoTimeout(0);
    return secured;
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
