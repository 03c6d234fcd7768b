package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.AtEnd;
import io.tracestream.replay.FrameRewriter;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * A server that plays a recording, as a field of a test class:
 *
 * <pre>
 *   &#64;RegisterExtension
 *   final ReplayExtension bank =
 *       ReplayExtension.of("login.tsv").withRules("ignore c2s:4+4");
 *
 *   &#64;Test
 *   void aUserLogsIn() {
 *     try (BankClient client = new BankClient(bank.address())) { ... }
 *   }
 * </pre>
 *
 * <p>Each test has its own server, and so does each invocation of a repeated or parameterized test.
 * It fails in the cases that {@link ReplayTest} lists. That includes a test without a client, so
 * keep such tests in another class.
 *
 * <p>A static field, or a field of a class with the lifecycle {@code PER_CLASS}, is one server for
 * all tests of the class and its nested classes, which may run in parallel. What clients did wrong
 * then fails the class, after its last test. If not all of its tests ran, because some are
 * disabled, aborted or not selected, the clients that did not come are not missed, and a folder of
 * recordings is not replaced by one that lacks their conversations.
 *
 * <p>The server starts when its address is first asked for. Each {@code with} method returns a
 * changed copy, so call them where the field is initialised. Thread-safe.
 */
public final class ReplayExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler,
        TestWatcher {
  private final Settings settings;
  private final SharedRun run;

  ReplayExtension(Settings settings) {
    this.settings = settings;
    this.run = new SharedRun(settings);
  }

  /**
   * A server that plays a recording of {@link FrameFormat#DEFAULT} frames to one or more
   * connections, without pauses and without rules. A client may be idle for five seconds.
   *
   * @param recording the file or folder: see {@link ReplayTest#value()}
   * @return the extension; register it
   * @throws IllegalArgumentException when the name is empty
   */
  public static ReplayExtension of(String recording) {
    return new ReplayExtension(Settings.of(recording));
  }

  /**
   * This, with another frame format.
   *
   * @param format the format of the frames in both directions
   * @return the changed copy
   */
  public ReplayExtension withFormat(FrameFormat format) {
    return new ReplayExtension(settings.withFormat(format));
  }

  /**
   * This, with rules for what may vary in frames.
   *
   * @param rules one rule per string, as the explanation of a mismatch shows it, such as
   *     {@code "ignore c2s:4+4"} or {@code "copy c2s:0+2->s2c:0+2"}
   * @return the changed copy
   * @throws IllegalArgumentException when a string is not a rule
   */
  public ReplayExtension withRules(String... rules) {
    return new ReplayExtension(settings.withRules(rules));
  }

  /**
   * This, with the rules in a file, in addition to those of {@link #withRules}.
   *
   * @param rulesFile its name, looked for in the same places as the recording; read when the server
   *     starts
   * @return the changed copy
   */
  public ReplayExtension withRulesFile(String rulesFile) {
    return new ReplayExtension(settings.withRulesFile(rulesFile));
  }

  /**
   * This, with faults that are done to the frames that the server sends: see
   * {@link ReplayTest#faults}.
   *
   * @param faults the faults, which tests may change at any time; null for none
   * @return the changed copy
   */
  public ReplayExtension withFaults(@Nullable Faults faults) {
    return new ReplayExtension(settings.withFaults(faults));
  }

  /**
   * This, with payloads that are computed, such as those with a MAC.
   *
   * @param rewriter computes what is sent and what is expected, for all connections; null for
   *     nothing
   * @return the changed copy
   */
  public ReplayExtension withRewriter(@Nullable FrameRewriter rewriter) {
    return new ReplayExtension(settings.withRewriter(rewriter));
  }

  /**
   * This, with another timing.
   *
   * @param timing when frames are sent
   * @return the changed copy
   */
  public ReplayExtension withTiming(Timing timing) {
    return new ReplayExtension(settings.withTiming(timing));
  }

  /**
   * This, with another timeout.
   *
   * @param timeout how long a client may send nothing when it is its turn, and how long to wait for
   *     clients at the end of a test; more than 0
   * @return the changed copy
   * @throws IllegalArgumentException when it is not more than 0
   */
  public ReplayExtension withIdleTimeout(Duration timeout) {
    return new ReplayExtension(settings.withIdleTimeout(timeout));
  }

  /**
   * This, with an exact number of connections.
   *
   * @param connections how many have to play the recording; 0 for one or more
   * @return the changed copy
   * @throws IllegalArgumentException when it is below 0
   */
  public ReplayExtension withConnections(int connections) {
    return new ReplayExtension(settings.withConnections(connections));
  }

  /**
   * This, with TLS between clients and the server.
   *
   * @param tls how to speak TLS with clients: {@link io.tracestream.tls.Authority} makes a
   *     certificate for a test; null for plain connections
   * @return the changed copy
   */
  public ReplayExtension withTls(@Nullable ServerTls tls) {
    return new ReplayExtension(settings.withTls(tls));
  }

  /**
   * This, with TLS to the target that it records from.
   *
   * @param tls how to speak TLS with the target; null for plain connections
   * @return the changed copy
   */
  public ReplayExtension withTargetTls(@Nullable ClientTls tls) {
    return new ReplayExtension(settings.withTargetTls(tls));
  }

  /**
   * This, as a stub or not.
   *
   * @param stub true to answer each request by itself: see {@link ReplayTest#stub}
   * @return the changed copy
   */
  public ReplayExtension withStub(boolean stub) {
    return new ReplayExtension(settings.withStub(stub));
  }

  /**
   * This, with or without strict use of a stub's requests. In a class of which not all tests ran,
   * requests may be left.
   *
   * @param strictUse true to fail if a recorded request was never sent
   * @return the changed copy
   */
  public ReplayExtension withStrictUse(boolean strictUse) {
    return new ReplayExtension(settings.withStrictUse(strictUse));
  }

  /**
   * This, with another way to end.
   *
   * @param atEnd what to do with a connection after the recording's last frame; not for a stub
   * @return the changed copy
   */
  public ReplayExtension withAtEnd(AtEnd atEnd) {
    return new ReplayExtension(settings.withAtEnd(atEnd));
  }

  /**
   * This, with a target to record from.
   *
   * @param target the real server, such as {@code localhost:9001}
   * @return the changed copy
   * @throws IllegalArgumentException when it is not a host and a port
   */
  public ReplayExtension withTarget(String target) {
    return new ReplayExtension(settings.withTarget(target));
  }

  /**
   * This, with a target to record from that is not known yet.
   *
   * @param target the address of the real server; asked for when a recording is about to be made,
   *     which is when a test first calls {@link #address}
   * @return the changed copy
   */
  public ReplayExtension withTarget(Supplier<InetSocketAddress> target) {
    return new ReplayExtension(settings.withTarget(target));
  }

  /**
   * This, with another mode.
   *
   * @param mode when to record, unless a system property or an environment variable overrides it
   * @return the changed copy
   */
  public ReplayExtension withRecordMode(RecordMode mode) {
    return new ReplayExtension(settings.withMode(mode));
  }

  /**
   * Where clients connect. Starts the server, unless it is running already.
   *
   * @return the address, with its real port, which is a different one for each server
   * @throws java.io.UncheckedIOException when the server cannot start, such as for a missing
   *     recording
   * @throws IllegalStateException outside a test, or when another test records to the same file
   */
  public InetSocketAddress address() {
    return run.current().address();
  }

  /**
   * What happened on the connections so far. There is no need to check it: the test fails by
   * itself.
   *
   * @return a snapshot
   * @throws IllegalStateException outside a test, and while recording
   */
  public Verdict verdict() {
    return run.current().verdict();
  }

  /**
   * Whether clients talk to the target and are recorded.
   *
   * @return false when they talk to a replay
   * @throws IllegalStateException outside a test
   */
  public boolean isRecording() {
    return run.current() instanceof RecordRun;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    run.begin(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    run.begin(context);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    run.end(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    run.end(context);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(
      ExtensionContext context, Throwable throwable) throws Throwable {
    throw run.explained(throwable);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable throwable)
      throws Throwable {
    throw run.explained(throwable);
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    run.disabled(context);
  }
}
