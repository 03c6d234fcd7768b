package io.tracestream.cli;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Some seconds of everything that a user waits for, in one process. A JVM that watches it, as
 * {@code scripts/make_cache} has it do, learns which classes to load and which code to compile
 * before the product starts. Clients and servers are plain sockets: what is learned about the
 * product's own code comes from the commands alone.
 */
final class Training {
  private static final int REPLIES = 500;
  private static final int MOST_TRIES = 1000;
  private static final long PAUSE_NANOS = 10_000_000;
  private static final InetAddress HOST = InetAddress.getLoopbackAddress();

  private final ExecutorService threads = Executors.newCachedThreadPool(run -> {
    Thread thread = new Thread(run, "training");
    thread.setDaemon(true); // servers, and the proxies, run until the process ends
    return thread;
  });

  private Training() {}

  /**
   * Trains.
   *
   * @param args a folder for recordings that are of no further use, and how many seconds to forward
   *     frames for
   */
  public static void main(String[] args) throws Exception {
    StandardError.install();
    Shutdown.installHook();
    new Training().run(Path.of(args[0]), Duration.ofSeconds(Long.parseLong(args[1])));
    Shutdown.exit(0);
  }

  private void run(Path folder, Duration duration) throws Exception {
    Path recording = folder.resolve("a.rec");
    InetSocketAddress echo = serve(true);
    InetSocketAddress sink = serve(false);
    Main.run("--version");
    InetSocketAddress one = proxy(echo, "--record=" + recording);
    converse(one, 64, REPLIES, 1);
    InetSocketAddress many = proxy(echo, "--record-dir=" + folder.resolve("all"));
    InetSocketAddress replies = proxy(echo);
    InetSocketAddress floods = proxy(sink);
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      all(64, () -> converse(replies, 64, 100, 1));
      all(16, () -> converse(replies, 1024, 400, 16));
      all(4, () -> flood(floods, 10240, 4000));
      all(4, () -> flood(floods, 64, 50_000));
      all(16, () -> converse(many, 64, 100, 1));
    }

    Main.run("inspect", recording.toString());
    InetSocketAddress replay = free();
    Future<?> replaying = threads.submit(() -> Main.run(
        "replay",
        "--quiet",
        "--timing=none",
        "--connections=64",
        listen(replay),
        "--record=" + recording));
    all(64, () -> converse(replay, 64, REPLIES, 1));
    replaying.get();
    Main.run("verify", "--quiet", "--timing=none", target(echo), "--record=" + recording);
  }

  /** A server that sends everything back, or takes it and says nothing. */
  private InetSocketAddress serve(boolean echoes) throws IOException {
    ServerSocket server = new ServerSocket(0, 0, HOST);
    start(() -> {
      while (true) {
        Socket client = server.accept();
        start(() -> serve(client, echoes));
      }
    });
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private static Object serve(Socket client, boolean echoes) throws IOException {
    try (client) {
      client.setTcpNoDelay(true);
      byte[] bytes = new byte[65536];
      for (int n = client.getInputStream().read(bytes);
          n >= 0;
          n = client.getInputStream().read(bytes)) {
        if (echoes) {
          client.getOutputStream().write(bytes, 0, n);
        }
      }
      return client;
    }
  }

  /** A proxy that runs until the process ends. */
  private InetSocketAddress proxy(InetSocketAddress target, String... more) throws IOException {
    InetSocketAddress address = free();
    List<String> args =
        new ArrayList<>(List.of("proxy", "--quiet", listen(address), target(target)));
    args.addAll(List.of(more));
    start(() -> Main.run(args.toArray(String[]::new)));
    return address;
  }

  /** Runs it until the process ends. If it fails, its clients do as well. */
  private void start(Callable<?> server) {
    threads.execute(() -> {
      try {
        server.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static String listen(InetSocketAddress address) {
    return "--listen=" + HOST.getHostAddress() + ":" + address.getPort();
  }

  private static String target(InetSocketAddress address) {
    return "--target=" + HOST.getHostAddress() + ":" + address.getPort();
  }

  private static InetSocketAddress free() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 0, HOST)) {
      return (InetSocketAddress) free.getLocalSocketAddress();
    }
  }

  /** Does the same in several threads at once, until each of them is done. */
  private void all(int count, Callable<?> each) throws Exception {
    for (Future<?> done : threads.invokeAll(Collections.nCopies(count, each))) {
      done.get();
    }
  }

  /** Sends frames, and waits for as many bytes after every few of them. */
  private static Object converse(InetSocketAddress server, int size, int replies, int atOnce)
      throws IOException {
    try (Socket socket = connect(server)) {
      byte[] frames = frames(size, atOnce);
      for (int i = 0; i < replies; i += atOnce) {
        socket.getOutputStream().write(frames);
        if (socket.getInputStream().readNBytes(frames.length).length < frames.length) {
          throw new EOFException("a connection ended after " + i + " frames");
        }
      }
      return socket;
    }
  }

  private static Object flood(InetSocketAddress server, int size, int count) throws IOException {
    try (Socket socket = connect(server)) {
      byte[] frames = frames(size, Math.max(1, 65536 / size));
      for (int sent = 0; sent < count * size; sent += frames.length) {
        socket.getOutputStream().write(frames);
      }
      return socket;
    }
  }

  private static byte[] frames(int size, int count) {
    ByteBuffer frames = ByteBuffer.allocate(count * (Long.BYTES + size));
    for (int i = 0; i < count; i++) {
      frames.putLong(size).position(frames.position() + size);
    }
    return frames.array();
  }

  /** Connects to a server that may not listen yet. */
  private static Socket connect(InetSocketAddress server) throws IOException {
    for (int tries = 0; ; tries++) {
      try {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        return socket;
      } catch (ConnectException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
