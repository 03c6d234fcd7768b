package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer's process and its children, listening; or none, where clients talk to the target. */
final class PeerProcess implements AutoCloseable {
  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 5;
  private static final long LOOK_AGAIN_MILLIS = 5;

  private final Process process;
  private final Path stderr;
  private final InetSocketAddress address;
  private final Thread atExit = new Thread(this::kill);

  private PeerProcess(Process process, Path stderr, InetSocketAddress address) {
    this.process = process;
    this.stderr = stderr;
    this.address = address;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @throws IOException when it did not within 20 seconds; with the last thing that it said
   */
  static PeerProcess start(Peer peer, Place place) throws IOException, InterruptedException {
    List<String> command = peer.launch().command(place);
    if (command.isEmpty()) {
      return new PeerProcess(null, null, local(place.target()));
    }
    Path stderr = place.folder().resolve("stderr");
    Process process = new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(stderr.toFile())
        .start();
    PeerProcess started = new PeerProcess(process, stderr, local(place.listen()));
    try {
      started.awaitListening(peer.name());
      return started;
    } catch (IOException | InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private void awaitListening(String name) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!isListening()) {
      if (process.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException(name + ": found its end with status " + process.exitValue()
            + ", expected it to listen; it said: " + lastWords());
      }
      if (System.nanoTime() >= deadline) {
        throw new IOException(name + ": found nobody listening on port " + address.getPort()
            + " after " + START_SECONDS + " s; it said: " + lastWords());
      }
    }
  }

  /** Does not connect where it can be known otherwise: that would count as a client. */
  private boolean isListening() {
    if (Proc.isThere()) {
      return Proc.isListening(address.getPort());
    }
    try (Socket probe = new Socket(address.getAddress(), address.getPort())) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(stderr);
    return lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1);
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return address;
  }

  /** Processor seconds so far; NaN where nobody counts them. */
  double processorSeconds() {
    return isCounted() ? Proc.processorSeconds(process.toHandle()) : Double.NaN;
  }

  /** The most memory that was resident so far, in MiB; NaN where nobody counts it. */
  double peakMiB() {
    return isCounted() ? Proc.peakMiB(process.toHandle()) : Double.NaN;
  }

  /** The memory that is resident now, in MiB; NaN where nobody counts it. */
  double residentMiB() {
    return isCounted() ? Proc.residentMiB(process.toHandle()) : Double.NaN;
  }

  private boolean isCounted() {
    return process != null && Proc.isThere();
  }

  private void kill() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Ends it with SIGTERM, or with SIGKILL when it has not ended 5 seconds later. */
  @Override
  public void close() {
    if (process != null) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroy();
      awaitEnd();
      children.forEach(ProcessHandle::destroyForcibly); // those that outlive their parent
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void awaitEnd() {
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
