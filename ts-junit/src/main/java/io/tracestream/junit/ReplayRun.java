package io.tracestream.junit;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Selection;
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

  /** How many connections have to come. */
  private final int due;

  private final ReplayServer server;

  ReplayRun(Settings settings, Path file) throws IOException {
    this.settings = settings;
    this.file = file;
    List<Conversation> folder =
        settings.isFolder() ? RecordingDirectory.open(file).conversations() : List.of();
    this.due = settings.connections() > 0 ? settings.connections() : Math.max(1, folder.size());
    this.server = ReplayServer.start(config(folder)
        .withFormat(settings.format())
        .withTiming(settings.timing())
        .withRules(settings.rules())
        .withIdleTimeout(settings.idleTimeout())
        .withListener(new Watch()));
  }

  /** Each conversation of a folder is for the client that plays it, in whatever order they come. */
  private ReplayConfig config(List<Conversation> folder) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return folder.isEmpty()
        ? ReplayConfig.of(any, file)
        : ReplayConfig.of(any, folder).withSelection(Selection.MATCH);
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
        awaitClients(end == TestEnd.PASSED ? due : 0);
      }
    }
    String failure = end == TestEnd.ABORTED ? null : failure();
    if (failure != null) {
      throw new AssertionFailedError(failure);
    }
  }

  /** Waits for those that are to come, and for those that came: more may while it waits. */
  private void awaitClients(long expected) throws InterruptedException {
    long deadline = System.nanoTime() + settings.idleTimeout().toNanos() + GRACE.toNanos();
    long count;
    boolean ended;
    do {
      count = Math.max(expected, started.get());
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
    Verdict verdict = server.verdict();
    if (verdict.played() == 0) {
      return "nobody connected to " + Complaint.shown(address()) + ", expected a client that plays "
          + file + "; have the test give that address to its client";
    }
    if (verdict.notPlayed() > 0) {
      return file + ": found " + verdict.notPlayed() + " recorded conversations that no client"
          + " played, expected none; see why they did not come, or record again";
    }
    return settings.connections() == 0 || verdict.played() == due
        ? null
        : file + ": found " + verdict.played()
            + (verdict.played() == 1 ? " connection" : " connections") + ", expected " + due
            + " to play it; correct the client, or the number of connections";
  }
}
