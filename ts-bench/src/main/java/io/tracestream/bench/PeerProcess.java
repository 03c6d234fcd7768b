package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A peer's process and its children, listening; or none, where clients talk to the server itself.
 * What they use is read from Linux's {@code /proc}.
 */
final class PeerProcess implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_AGAIN_MILLIS = 5;
  /** The kernel counts in these for user space on every machine. */
  private static final double TICKS_PER_SECOND = 100;

  private static final double KIB_PER_MIB = 1024;

  private final Path folder;
  private final int port;
  private final Process process;
  private final Thread atExit = new Thread(this::kill);

  /**
   * Starts it, and waits until it listens.
   *
   * @param target where it is to forward to
   * @param place where its files go
   * @throws IOException when it did not within 20 seconds; with the last thing that it said
   */
  PeerProcess(Peer peer, int target, Path place) throws IOException, InterruptedException {
    folder = Files.createTempDirectory(place, "ts-bench");
    int free = freePort();
    List<String> command = peer.launch().command(folder, free, target);
    port = command.isEmpty() ? target : free;
    process = command.isEmpty()
        ? null
        : new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(folder.resolve("stderr").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      awaitListening();
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Does not connect: that would count as a client. */
  private void awaitListening() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process != null && !isListening("net/tcp") && !isListening("net/tcp6")) {
      if (process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException(
            "it ended with status " + process.exitValue() + " and said: " + lastWords());
      }
      if (System.nanoTime() >= deadline) {
        throw new IOException(
            "it does not listen after " + START_SECONDS + " s and said: " + lastWords());
      }
    }
  }

  private boolean isListening(String sockets) throws IOException {
    String address = String.format(":%04X", port);
    return read(sockets)
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(
            column -> column.length > 3 && column[1].endsWith(address) && column[3].equals("0A"));
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("stderr"));
    return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Processor seconds so far, including children that have ended; NaN if nothing runs. */
  double processorSeconds() {
    return sum(pid -> {
      String stat = read(pid + "/stat");
      // The name in brackets may hold anything: the numbers begin after the last bracket.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ");
      return stat.isEmpty()
          ? 0
          : Stream.of(12, 13, 14, 15).mapToLong(i -> Long.parseLong(fields[i])).sum()
              / TICKS_PER_SECOND;
    });
  }

  /** The most memory that was resident so far, in MiB; NaN where nobody runs. */
  double peakMiB() {
    return sum(pid -> mib(pid, "VmHWM:"));
  }

  /** The memory that is resident now, in MiB; NaN where nobody runs. */
  double residentMiB() {
    return sum(pid -> mib(pid, "VmRSS:"));
  }

  private double sum(ToDoubleFunction<Long> figure) {
    return process == null
        ? Double.NaN
        : Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .map(ProcessHandle::pid)
            .mapToDouble(figure)
            .sum();
  }

  private static double mib(long pid, String name) {
    return read(pid + "/status")
            .lines()
            .filter(line -> line.startsWith(name))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / KIB_PER_MIB;
  }

  /** Empty when there is no such file: the process has ended. */
  private static String read(String name) {
    try {
      return Files.readString(PROC.resolve(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private void kill() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Ends it with SIGTERM, or with SIGKILL when it has not ended 5 seconds later. */
  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    if (process != null) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroy();
      CompletableFuture.delayedExecutor(STOP_SECONDS, TimeUnit.SECONDS)
          .execute(process::destroyForcibly);
      process.onExit().join();
      children.forEach(ProcessHandle::destroyForcibly); // those that outlive their parent
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      // what an ending process deletes itself
    }
  }
}
