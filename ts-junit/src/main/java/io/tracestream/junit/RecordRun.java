package io.tracestream.junit;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.proxy.ProxyListener;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.opentest4j.AssertionFailedError;

/**
 * Clients talk to the target, and what they say is recorded: to a folder for temporary files, from
 * where it becomes the recording once the tests passed.
 */
final class RecordRun extends Run {
  /** What is being recorded in this JVM, by full names. */
  private static final Set<Path> UNDER_WAY = ConcurrentHashMap.newKeySet();

  private final Settings settings;
  private final NewRecording recording;
  private final Path file;
  private final Path key;
  /** Why the first connection failed that did; null while none has. */
  private final AtomicReference<String> failure = new AtomicReference<>();

  private final Path folder;
  private final Proxy proxy;

  RecordRun(Settings settings, Path file) throws IOException {
    this.settings = settings;
    this.recording = new NewRecording(settings, file);
    this.file = file;
    this.key = file.toAbsolutePath().normalize();
    if (!UNDER_WAY.add(key)) {
      throw new IllegalStateException(file + ": another test is recording to it; give each test a"
          + " recording of its own, or do not run them in parallel");
    }
    Path made = null;
    Proxy started = null;
    try {
      recording.requirePlace();
      InetSocketAddress target = settings.target().get();
      if (target == null) {
        throw new IllegalArgumentException(
            file + ": the target is null; give the address of the real server");
      }
      made = Files.createTempDirectory("ts-junit-");
      started = start(target, made);
    } finally {
      if (started == null) { // the supplier of a target is a user's: it may throw anything
        forget(made);
      }
    }
    folder = made;
    proxy = started;
  }

  private Proxy start(InetSocketAddress target, Path directory) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Proxy.start(ProxyConfig.of(any, target)
        .withFormat(settings.format())
        .withRecordingDirectory(directory)
        .withListener(new Watch()));
  }

  private final class Watch implements ProxyListener {
    @Override
    public void opened(long connection, InetSocketAddress client) {
      came.incrementAndGet();
    }

    @Override
    public void failed(long connection, String reason) {
      failure.compareAndSet(null, "connection " + connection + ": " + reason);
    }
  }

  @Override
  InetSocketAddress address() {
    return proxy.address();
  }

  @Override
  Verdict verdict() {
    throw new IllegalStateException(file + " is being recorded; only a replay has a verdict");
  }

  @Override
  boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return proxy.awaitConnections(count, timeout);
  }

  @Override
  void awaitClients(End end) throws InterruptedException {
    if (end != End.ABORTED) {
      int due = end == End.PASSED ? Math.max(1, settings.connections()) : 0;
      awaitClients(due, settings.idleTimeout());
    }
  }

  @Override
  void end(End end) throws IOException {
    try {
      proxy.close();
      String problem = end == End.ABORTED ? null : problem();
      if (problem != null) {
        throw new AssertionFailedError(file + ": nothing was recorded: " + problem);
      }
      if (end == End.PASSED) {
        recording.save(NewRecording.files(folder));
      }
    } finally {
      forget(folder);
    }
  }

  private String problem() throws IOException {
    int expected = settings.connections();
    if (failure.get() != null) {
      return failure.get();
    }
    if (came.get() == 0) {
      return "no client connected to " + text(address())
          + "; have the test give that address to its client";
    }
    if (expected > 0 && came.get() != expected) {
      return count(came.get(), "connection") + " came, expected " + expected;
    }
    return NewRecording.files(folder).isEmpty()
        ? "no whole frame came; " + settings.hintOnHeader()
        : null;
  }

  private void forget(Path directory) throws IOException {
    UNDER_WAY.remove(key);
    if (directory != null) {
      NewRecording.delete(directory);
    }
  }
}
