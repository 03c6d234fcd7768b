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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * Clients talk to the target through a proxy. It records to a temporary folder, whose content
 * becomes the recording if the tests pass.
 */
final class RecordRun extends Run {
  /** What is being recorded in this JVM, as absolute paths. */
  private static final Set<Path> IN_PROGRESS = ConcurrentHashMap.newKeySet();

  private final Settings settings;
  private final NewRecording recording;
  private final Path file;
  private final Path key;
  /** Called when the recording was saved. */
  private final Runnable saved;
  /** Why the first connection failed; null if none has. */
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** Whether that was reported already. */
  private volatile boolean isExplained;

  private final Path folder;
  private final InetSocketAddress target;
  private final Proxy proxy;

  RecordRun(Settings settings, Supplier<InetSocketAddress> target, Path file, Runnable saved)
      throws IOException {
    this.settings = settings;
    this.recording = new NewRecording(settings, file);
    this.file = file;
    this.key = file.toAbsolutePath().normalize();
    this.saved = saved;
    if (!IN_PROGRESS.add(key)) {
      throw new IllegalStateException(file + ": another test is recording to it; give each test a"
          + " recording of its own, or do not run them in parallel");
    }
    Path made = null;
    Proxy started = null;
    try {
      recording.requirePlace();
      this.target = target.get();
      if (this.target == null) {
        throw new IllegalArgumentException(
            file + ": the target is null; give the address of the real server");
      }
      made = Files.createTempDirectory("ts-junit-");
      started = start(made);
    } finally {
      if (started
          == null) { // not a catch: the target comes from a user's code, which may throw anything
        forget(made);
      }
    }
    folder = made;
    proxy = started;
  }

  private Proxy start(Path directory) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Proxy.start(ProxyConfig.of(any, target)
        .withFormat(settings.format())
        .withRecordingDirectory(directory)
        .withListenTls(settings.tls())
        .withTargetTls(settings.targetTls())
        .withListener(new Watch()));
  }

  private final class Watch implements ProxyListener {
    @Override
    public void opened(long connection, InetSocketAddress client) {
      connected.incrementAndGet();
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
  @Nullable
  String explanation() {
    String reason = failure.get();
    isExplained = reason != null;
    return reason == null ? null : nothingRecorded(reason);
  }

  private String nothingRecorded(String reason) {
    return file + ": nothing was recorded: " + reason;
  }

  @Override
  void awaitClients(End end) throws InterruptedException {
    if (end != End.ABORTED) {
      int expected = end == End.PASSED ? Math.max(1, settings.connections()) : 0;
      awaitClients(expected, settings.idleTimeout(), Duration.ZERO);
    }
  }

  @Override
  List<String> notes() {
    return List.of();
  }

  @Override
  void end(End end) throws IOException {
    try {
      proxy.close();
      List<Path> conversations = NewRecording.files(folder);
      String problem = problem(end, conversations);
      if (problem != null) {
        throw new AssertionFailedError(nothingRecorded(problem));
      }
      String obstacle = obstacle(end, conversations);
      if (obstacle != null) {
        say(nothingRecorded(obstacle));
      } else if (end != End.FAILED) {
        long frames = recording.save(conversations);
        saved.run();
        say("recorded " + file + " from " + text(target) + ": " + count(frames, "frame") + " in "
            + count(conversations.size(), "connection"));
      }
    } finally {
      forget(folder);
    }
  }

  /** What the clients or the target did wrong; null for nothing. */
  private @Nullable String problem(End end, List<Path> conversations) {
    int expected = settings.connections();
    if (end == End.ABORTED || isExplained) {
      return null;
    }
    if (failure.get() != null) {
      return failure.get();
    }
    boolean allRan = end == End.PASSED || end == End.FAILED;
    if (allRan && connected.get() == 0) {
      return "no client connected to " + text(address())
          + "; have the test give that address to its client";
    }
    if (expected > 0 && (allRan ? connected.get() != expected : connected.get() > expected)) {
      return count(connected.get(), "connection") + " came, expected " + expected;
    }
    return allRan && conversations.isEmpty()
        ? "no whole frame came; " + settings.hintOnHeader()
        : null;
  }

  /**
   * Why an earlier recording is better than this one, which is no test's fault; null if it isn't.
   */
  private @Nullable String obstacle(End end, List<Path> conversations) {
    if (end == End.ABORTED) {
      return "a test was aborted";
    }
    if (end == End.FAILED || end == End.PASSED) {
      return null;
    }
    if (conversations.isEmpty()) {
      return "no client connected";
    }
    // A file is one conversation, so any test's will do. A folder is all of them.
    if (!settings.isFolder() || end == End.SOME_DISABLED && !Files.exists(file)) {
      return null;
    }
    return end == End.SOME_DISABLED
        ? "tests of the class are disabled, and their conversations would be lost; delete the folder"
            + " first to record without them"
        : "not all tests of the class ran; run all of them to record";
  }

  /** Informs the person who runs the tests, whether or not there is a log. */
  private static void say(String line) {
    System.err.println("ts-junit: " + line);
  }

  /** The address as the user may have written it: no name is looked up. */
  static String text(InetSocketAddress address) {
    return address.isUnresolved()
        ? address.getHostString() + ":" + address.getPort()
        : Run.text(address);
  }

  private void forget(@Nullable Path directory) throws IOException {
    IN_PROGRESS.remove(key);
    if (directory != null) {
      NewRecording.delete(directory);
    }
  }
}
