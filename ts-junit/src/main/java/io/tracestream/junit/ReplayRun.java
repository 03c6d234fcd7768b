package io.tracestream.junit;

import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.opentest4j.AssertionFailedError;

/** Clients get what was recorded. */
final class ReplayRun implements Run {
  /** Beside the idle time-out: what a server takes to end a connection that is over. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Settings settings;
  private final Path file;
  private final AtomicLong started = new AtomicLong();
  /** Those that did not match, as far as they are told; guarded by itself. */
  private final List<SessionResult> failed = new ArrayList<>();

  private final ReplayServer server;

  ReplayRun(Settings settings, Path file) throws IOException {
    this.settings = settings;
    this.file = file;
    this.server = ReplayServer.start(
        ReplayConfig.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), file)
            .withFormat(settings.format())
            .withTiming(settings.timing())
            .withRules(settings.rules())
            .withIdleTimeout(settings.idleTimeout())
            .withListener(new Watch()));
  }

  private final class Watch implements SessionListener {
    @Override
    public void started(long connection, InetSocketAddress peer) {
      started.incrementAndGet();
    }

    @Override
    public void ended(SessionResult result) {
      SessionListener.LOGGING.ended(result);
      synchronized (failed) {
        if (result.outcome() != SessionResult.Outcome.MATCHED
            && failed.size() < Verdict.MOST_MISMATCHES) {
          failed.add(result);
        }
      }
    }
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public Verdict verdict() {
    return server.verdict();
  }

  @Override
  public void end(TestEnd end) throws IOException, InterruptedException {
    try (server) {
      if (end != TestEnd.ABORTED) {
        awaitClients(end == TestEnd.PASSED ? Math.max(1, settings.connections()) : 0);
      }
    }
    String failure = end == TestEnd.ABORTED ? null : failure();
    if (failure != null) {
      throw new AssertionFailedError(failure);
    }
  }

  /** Waits for those that are to come, and for those that came: more may while it waits. */
  private void awaitClients(long due) throws InterruptedException {
    long deadline = System.nanoTime() + settings.idleTimeout().toNanos() + GRACE.toNanos();
    long count;
    boolean ended;
    do {
      count = Math.max(due, started.get());
      ended = server.awaitConnections(count, Duration.ofNanos(deadline - System.nanoTime()));
    } while (ended && started.get() > count);
  }

  /** What to fail with; null when all is well. */
  private String failure() {
    synchronized (failed) {
      if (!failed.isEmpty()) {
        return new Complaint(settings, file).of(failed);
      }
    }
    long count = server.verdict().played();
    int expected = settings.connections();
    if (count == 0) {
      return "nobody connected to " + Complaint.shown(address()) + ", expected a client that plays "
          + file + "; have the test give that address to its client";
    }
    return expected == 0 || count == expected
        ? null
        : file + ": found " + count + (count == 1 ? " connection" : " connections") + ", expected "
            + expected + " to play it; correct the client, or the number of connections";
  }
}
