package io.tracestream.junit;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.opentest4j.AssertionFailedError;

/**
 * Clients talk to the target, and what they say is recorded: to a folder for temporary files, from
 * where it becomes the recording once the tests passed.
 */
final class RecordRun implements Run {
  /** What is being recorded in this JVM, by full names. */
  private static final Set<Path> UNDER_WAY = ConcurrentHashMap.newKeySet();

  private final Settings settings;
  private final Path file;
  private final Path key;
  private final Clients clients = new Clients();
  private final Path folder;
  private final Proxy proxy;

  RecordRun(Settings settings, Path file) throws IOException {
    this.settings = settings;
    this.file = file;
    this.key = file.toAbsolutePath().normalize();
    if (!UNDER_WAY.add(key)) {
      throw new IllegalStateException(file
          + ": found another test that is recording to it, expected one at a time; give each test"
          + " a recording of its own, or do not run them in parallel");
    }
    try {
      if (settings.isFolder()) {
        NewFolder.requirePlace(file);
      } else {
        NewRecording.requirePlace(file);
      }
      folder = Files.createTempDirectory("ts-junit-");
      proxy = start();
    } catch (IOException | RuntimeException e) {
      UNDER_WAY.remove(key);
      throw e;
    }
  }

  private Proxy start() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Proxy.start(ProxyConfig.of(any, settings.target().get())
        .withFormat(settings.format())
        .withRecordingDirectory(folder)
        .withListener(clients));
  }

  @Override
  public InetSocketAddress address() {
    return proxy.address();
  }

  @Override
  public Verdict verdict() {
    throw new IllegalStateException(
        file + ": found a recording under way, expected a replay, as only that has a verdict");
  }

  @Override
  public void end(TestEnd end) throws IOException, InterruptedException {
    try {
      try (proxy) {
        if (end != TestEnd.ABORTED) {
          int due = end == TestEnd.PASSED ? Math.max(1, settings.connections()) : 0;
          clients.awaitEnd(due, settings.idleTimeout());
        }
      }
      String failure = end == TestEnd.ABORTED ? null : failure();
      if (failure != null) {
        throw new AssertionFailedError(file + ": nothing was recorded: " + failure);
      }
      if (end == TestEnd.PASSED) {
        save();
      }
    } finally {
      delete();
      UNDER_WAY.remove(key);
    }
  }

  private void save() throws IOException {
    if (settings.isFolder()) {
      NewFolder.save(conversations(), settings, file);
    } else {
      NewRecording.save(conversations(), settings, file);
    }
  }

  private String failure() throws IOException {
    List<String> failures = clients.failures();
    int expected = settings.connections();
    if (!failures.isEmpty()) {
      return failures.get(0);
    }
    if (clients.count() == 0) {
      return "nobody connected to " + Complaint.shown(address())
          + ", expected a client; have the test give that address to its client";
    }
    if (expected > 0 && clients.count() != expected) {
      return "found " + clients.count() + " connections, expected " + expected;
    }
    return conversations().isEmpty()
        ? "found no whole frame, expected a conversation; if the protocol's header is not of "
            + settings.headerBytes() + ", set the header's length"
        : null;
  }

  private List<Path> conversations() throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private void delete() throws IOException {
    for (Path conversation : conversations()) {
      Files.delete(conversation);
    }
    Files.delete(folder);
  }
}
