package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Passes bytes on between clients and a server, untouched, and finds out how their messages are
 * framed. Uses two threads for each connection: it is for a look at a few connections.
 *
 * <p>Can be used by several threads.
 */
public final class DetectingRelay implements Closeable {
  private static final int MOST_CONNECTIONS = 16;
  private static final int MOST_PER_STREAM = 64 * 1024;
  private static final int PIECE = 16 * 1024;
  private static final int CONNECT_MILLIS = 10_000;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Consumer<String> problems;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Sample> samples = new ArrayList<>();
  private final AtomicLong left = new AtomicLong(2L * MOST_CONNECTIONS * MOST_PER_STREAM);
  private volatile boolean closed;

  private DetectingRelay(ServerSocket server, InetSocketAddress target, Consumer<String> problems) {
    this.server = server;
    this.target = target;
    this.problems = problems;
  }

  /**
   * Starts to accept clients.
   *
   * @param listen where; port 0 picks a free port
   * @param target the server, which is connected to for each client; its name is looked up each
   *     time
   * @param problems takes a line for each connection that fails; called on other threads
   * @return the running relay
   * @throws IOException if it cannot listen there
   */
  public static DetectingRelay start(
      InetSocketAddress listen, InetSocketAddress target, Consumer<String> problems)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(listen);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    DetectingRelay relay = new DetectingRelay(server, target, problems);
    thread("accept", relay::accept);
    return relay;
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, "detect-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Where it listens.
   *
   * @return the address, with the real port
   */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /**
   * What is known up to now, from the first bytes of the first connections.
   *
   * @return how messages are framed
   */
  public Detection detection() {
    synchronized (samples) {
      List<Sample> some = samples.stream().filter(sample -> sample.length() > 0).toList();
      return FramingDetector.detect(0, some);
    }
  }

  private void accept() {
    while (!closed) {
      Socket client;
      try {
        client = server.accept();
      } catch (IOException e) {
        if (!closed) {
          problems.accept("cannot accept clients any longer: " + e.getMessage());
        }
        return;
      }
      sockets.add(client);
      thread("c2s", () -> serve(client));
    }
  }

  private void serve(Socket client) {
    Socket opened = new Socket();
    sockets.add(opened);
    try {
      InetSocketAddress address = target.isUnresolved()
          ? new InetSocketAddress(InetAddress.getByName(target.getHostString()), target.getPort())
          : target;
      opened.connect(address, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      opened.setTcpNoDelay(true);
    } catch (IOException e) {
      if (!closed) {
        problems.accept("cannot reach " + target.getHostString() + ":" + target.getPort() + ": "
            + e.getMessage());
      }
      end(client);
      end(opened);
      return;
    }
    FramingDetector.Sampler sampler = sampler();
    thread("s2c", () -> pass(opened, client, sampler, Direction.S2C));
    pass(client, opened, sampler, Direction.C2S);
  }

  private FramingDetector.Sampler sampler() {
    Sample c2s = new Sample(Direction.C2S);
    Sample s2c = new Sample(Direction.S2C);
    synchronized (samples) {
      if (samples.size() == 2 * MOST_CONNECTIONS) {
        return new FramingDetector.Sampler(c2s, s2c, 0, left);
      }
      samples.add(c2s);
      samples.add(s2c);
      return new FramingDetector.Sampler(c2s, s2c, MOST_PER_STREAM, left);
    }
  }

  private void pass(Socket from, Socket to, FramingDetector.Sampler sampler, Direction direction) {
    byte[] piece = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        synchronized (samples) {
          sampler.bytes(direction, 0, ByteBuffer.wrap(piece, 0, count));
        }
        out.write(piece, 0, count);
      }
      synchronized (samples) {
        sampler.ended(direction, 0);
      }
      to.shutdownOutput();
      if (to.isInputShutdown() || from.isOutputShutdown()) { // both directions have ended
        end(from);
        end(to);
      }
    } catch (IOException e) { // one side is gone
      end(from);
      end(to);
    }
  }

  private void end(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }

  /** Closes all connections, and accepts no more. */
  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    sockets.forEach(this::end);
  }
}
