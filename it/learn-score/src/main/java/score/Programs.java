package score;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of this machine, as clients and servers. */
final class Programs {
  private static final long SECONDS = 20;

  private Programs() {}

  /** What to install, if one of these programs is not on the path; else null. */
  static String missing(String packages, String... names) {
    for (String name : names) {
      if (find(name) == null) {
        return name + ": not found; install " + packages;
      }
    }
    return null;
  }

  static String find(String name) {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    for (String folder : path.split(File.pathSeparator)) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return null;
  }

  static int freePort() throws IOException {
    try (ServerSocket free = Peer.listen()) {
      return free.getLocalPort();
    }
  }

  /** Runs a program to its end, and returns what it printed. */
  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": failed: " + printed);
    }
    return printed;
  }

  /** Starts a server that will listen on this port. */
  static Subject.Server serve(int port, Path log, List<String> command) throws Exception {
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    awaitListening(process, address, log);
    return new Subject.Server() {
      @Override
      public InetSocketAddress address() {
        return address;
      }

      @Override
      public void close() throws IOException, InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    };
  }

  private static void awaitListening(Process process, InetSocketAddress address, Path log)
      throws Exception {
    for (int tries = 0; tries < 600; tries++) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        return;
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new IOException("the server ended: " + Files.readString(log));
        }
        Thread.sleep(50);
      }
    }
    throw new IOException("the server does not listen: " + Files.readString(log));
  }
}
