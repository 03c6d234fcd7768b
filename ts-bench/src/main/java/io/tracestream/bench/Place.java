package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a peer runs once.
 *
 * @param folder for its files, removed with all in it in the end
 * @param listen the port of the loopback address to listen on
 * @param target the port of the loopback address to connect to
 * @param connections how many clients will come at a time, at most
 */
record Place(Path folder, int listen, int target, int connections) implements AutoCloseable {
  /** A fresh folder in the directory for temporary files, and a port that was free just now. */
  static Place create(int target, int connections) throws IOException {
    return new Place(Files.createTempDirectory("ts-bench"), freePort(), target, connections);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What the peer records into. */
  String recording() {
    return folder.resolve("recording").toString();
  }

  /** Writes a file into the folder; gives its path. */
  String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Override
  public void close() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
