package io.tracestream.junit;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.replay.Hint;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Selection;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.SessionResult.Outcome;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/** Clients get the recorded replies. */
final class ReplayRun extends Run {
  /** How much longer than the idle timeout a server may take until a connection is over. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** How long to wait for a stub's clients at the end of a test, at most. */
  private static final Duration STUB_TIMEOUT = Duration.ofSeconds(1);

  /** How many bytes an explanation shows on each side of a difference. */
  private static final int CONTEXT = 16;

  /** How many connections get a line of their own after the one that is explained. */
  private static final int MOST_LINES = 10;

  private final Settings settings;
  private final Path file;
  /** The first sessions that did not match; guarded by itself. */
  private final List<SessionResult> failed = new ArrayList<>();

  /** How many connections to wait for. */
  private final int expected;

  private final ReplayServer server;

  ReplayRun(Settings settings, Path file) throws IOException {
    this.settings = settings;
    this.file = file;
    List<Conversation> folder =
        settings.isFolder() ? RecordingDirectory.open(file).conversations() : List.of();
    this.expected = settings.connections() > 0 ? settings.connections() : ownCount(folder);
    this.server = ReplayServer.start(config(folder)
        .withFormat(settings.format())
        .withTiming(settings.timing())
        .withRules(settings.rules())
        .withFaults(settings.faults())
        .withRewriter(settings.rewriter())
        .withIdleTimeout(settings.stub() ? null : settings.idleTimeout())
        .withAtEnd(settings.atEnd())
        .withStub(settings.stub())
        .withStrictUse(settings.strictUse())
        .withListenTls(settings.tls())
        .withListener(new Watch()));
  }

  /** How many connections a recording needs. */
  private int ownCount(List<Conversation> folder) {
    return folder.isEmpty() || settings.stub() ? 1 : folder.size();
  }

  /** In a folder, each client gets the conversation that it plays, in whatever order they come. */
  private ReplayConfig config(List<Conversation> folder) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return folder.isEmpty()
        ? ReplayConfig.of(any, file)
        : ReplayConfig.of(any, folder).withSelection(Selection.MATCH);
  }

  private final class Watch implements SessionListener {
    @Override
    public void started(long connection, InetSocketAddress peer) {
      connected.incrementAndGet();
    }

    @Override
    public void ended(SessionResult result) {
      SessionListener.LOGGING.ended(result);
      synchronized (failed) {
        boolean isFailed =
            result.outcome() != Outcome.MATCHED && result.outcome() != Outcome.FAULTED;
        if (isFailed && failed.size() < Verdict.MOST_MISMATCHES) {
          failed.add(result);
        }
      }
    }
  }

  @Override
  InetSocketAddress address() {
    return server.address();
  }

  @Override
  Verdict verdict() {
    return server.verdict();
  }

  @Override
  boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return server.awaitConnections(count, timeout);
  }

  @Override
  @Nullable
  String explanation() {
    synchronized (failed) {
      List<SessionResult> reasons =
          failed.stream().filter(ReplayRun::wasClosedByUs).toList();
      failed.removeAll(reasons);
      return reasons.isEmpty() ? null : complaint(reasons);
    }
  }

  /** Whether the client did not expect its connection to end. */
  private static boolean wasClosedByUs(SessionResult result) {
    Mismatch mismatch = result.mismatch();
    if (mismatch == null) {
      return result.outcome() == Outcome.BROKEN;
    }
    return switch (mismatch.kind()) {
      case EARLY_END, CONNECTION_LOST, NOT_TAKEN -> false;
      default -> true;
    };
  }

  @Override
  void awaitClients(End end) throws InterruptedException {
    if (end != End.ABORTED) {
      Duration timeout = settings.idleTimeout();
      // A stub's client may keep its connection open without any request to come.
      boolean isShort = settings.stub() && timeout.compareTo(STUB_TIMEOUT) > 0;
      awaitClients(
          end == End.PASSED ? expected : 0,
          isShort ? STUB_TIMEOUT : timeout,
          settings.stub() ? Duration.ZERO : GRACE);
    }
  }

  @Override
  void end(End end) throws IOException {
    server.close();
    String failure = failure(end);
    if (failure != null) {
      throw new AssertionFailedError(failure);
    }
  }

  /** Why the test or class fails; null if it does not. */
  private @Nullable String failure(End end) {
    List<SessionResult> complaints;
    synchronized (failed) {
      complaints = failed.stream()
          .filter(result -> end != End.ABORTED || isWrongAnyway(result))
          .toList();
    }
    if (!complaints.isEmpty()) {
      return complaint(complaints);
    }
    Verdict verdict = server.verdict();
    long played = verdict.played();
    if (end == End.FAILED) { // by its own exception; nothing else explains it, unless nobody came
      return played == 0 ? noClient() : null;
    }
    if (end == End.PASSED && played == 0) {
      return noClient();
    }
    long whole = played - verdict.faulted();
    if (settings.connections() > 0
        && (end == End.PASSED ? whole != expected : whole > expected)
        && end != End.ABORTED) {
      return file + ": " + count(whole, "connection") + " played it, expected " + expected
          + "; correct the client, or the number of connections";
    }
    if (verdict.compared() == 0 && verdict.open() > 0 && end != End.ABORTED) {
      return file + ": nothing was compared, as the rules leave all "
          + count(verdict.open(), "byte") + " open; narrow the rules";
    }
    if (end != End.PASSED) {
      return null;
    }
    if (verdict.notPlayed() > 0) {
      return file + ": no client played " + count(verdict.notPlayed(), "recorded conversation")
          + "; check why, or record again";
    }
    return settings.strictUse() && verdict.unusedRequests() > 0 ? unused(verdict) : null;
  }

  private String unused(Verdict verdict) {
    List<String> places = verdict.unusedRequestPlaces();
    return file + ": no client sent " + count(verdict.unusedRequests(), "recorded request") + ": "
        + String.join(", ", places)
        + (places.size() < verdict.unusedRequests() ? ", ..." : "")
        + "; check why, or turn strict use off";
  }

  @Override
  List<String> notes() {
    Verdict verdict = server.verdict();
    List<String> notes = new ArrayList<>(verdict.notes());
    verdict.unusedRules().forEach(rule -> notes.add("the rule \"" + rule + "\" never applied"));
    return notes;
  }

  private String noClient() {
    return file + ": no client connected to " + text(address())
        + "; have the test give that address to its client";
  }

  /** Whether a client did something wrong, rather than stop early because its test did. */
  private static boolean isWrongAnyway(SessionResult result) {
    Mismatch mismatch = result.mismatch();
    return result.outcome() == Outcome.BROKEN || mismatch != null && mismatch.found() != null;
  }

  /**
   * The first one with all details, and a line for each of the next ones. The first line says it
   * all.
   */
  private String complaint(List<SessionResult> results) {
    StringBuilder text = new StringBuilder(inFull(results.get(0)));
    results.stream().skip(1).limit(MOST_LINES).forEach(result -> text.append("\nalso: ")
        .append(inOneLine(result)));
    int rest = results.size() - 1 - MOST_LINES;
    return rest > 0 ? text + "\nand " + rest + " more" : text.toString();
  }

  private String inFull(SessionResult result) {
    Mismatch mismatch = result.mismatch();
    return mismatch == null
        ? inOneLine(result)
        : mismatch + "\n" + mismatch.explain(CONTEXT, false, hint -> words(hint, mismatch))
            + hintOnFrames(result, mismatch);
  }

  private String inOneLine(SessionResult result) {
    if (result.mismatch() != null) {
      return result.mismatch().toString();
    }
    String connection = "connection " + result.connection() + " with " + text(result.peer());
    return result.outcome() == Outcome.BROKEN
        ? connection + ": " + result.damage()
        : file + ": " + connection + " was still going on when the test was over, after "
            + count(result.entriesMatched(), "matched frame")
            + "; close the client in the test, or have it take all of its replies";
  }

  private static @Nullable String words(Hint hint, Mismatch mismatch) {
    return switch (hint) {
      case CHECK_FORMAT ->
        mismatch.likelyFraming() == null
            ? "check the header length"
            : "try the framing \"" + mismatch.likelyFraming() + "\"";
      case ADD_RULES ->
        "if these bytes vary from run to run, add "
            + mismatch
                .proposed()
                .toString()
                .lines()
                .map(rule -> "the rule \"" + rule + "\"")
                .collect(Collectors.joining(" and "));
      case LEARN ->
        "to find all that varies, record the conversation again and compare both recordings: ts-proxy"
            + " learn A B writes the rules";
      case LONGER_IDLE_TIMEOUT -> "or give it more time with a longer idle timeout";
      case RECORD_EACH_CONNECTION ->
        "if it made several connections when it was recorded, record each to a file of its own: end"
            + " the recording's name with a slash";
      case HOLD_AT_END -> "or hold the connection until the client ends it: set atEnd to HOLD";
      case ANY_ORDER, TIE_REPLIES, SELECT_MATCH, LONGER_REPLY_TIMEOUT, REPEAT ->
        null; // a test has no such setting
    };
  }

  /** A wrong header length shows in the first frame, where it looks like any other error. */
  private String hintOnFrames(SessionResult result, Mismatch mismatch) {
    byte[] found = mismatch.found();
    boolean isFrame = found != null && found.length > 0;
    return result.entriesMatched() > 0
            || isFrame
            || mismatch.kind() == Mismatch.Kind.EXTRA_CONNECTION
        ? ""
        : "\n  no frame matched yet: " + settings.hintOnHeader();
  }
}
