package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

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
 * <p>Each test has a server of its own, each invocation of a repeated or parameterized one too, and
 * fails as {@link ReplayTest} says: also when no client came, so keep tests without one in another
 * class. A static field, or a field of a class with the lifecycle {@code PER_CLASS}, is one server
 * for all tests of the class and of those nested in it, which may run at the same time; it is the
 * class then that fails, after its last test.
 *
 * <p>Each {@code with} method gives a changed copy, so they stand where the field is initialised.
 * For any number of threads.
 */
public final class ReplayExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private final Settings settings;
  private final SharedRun run;

  ReplayExtension(Settings settings) {
    this.settings = settings;
    this.run = new SharedRun(settings);
  }

  /**
   * A server that plays a recording without its pauses, of {@link FrameFormat#DEFAULT} frames,
   * without rules, to one connection or more. A client may be idle for five seconds.
   *
   * @param recording the file, looked for as {@link ReplayTest#value()} says
   * @return the extension; register it
   */
  public static ReplayExtension of(String recording) {
    return new ReplayExtension(Settings.of(recording));
  }

  /**
   * This, with other frames.
   *
   * @param format the frames of both directions
   * @return the changed copy
   */
  public ReplayExtension withFormat(FrameFormat format) {
    return new ReplayExtension(settings.withFormat(format));
  }

  /**
   * This, with rules for what may vary in frames.
   *
   * @param rules one each, as the explanation of a mismatch shows them, such as {@code "ignore
   *     c2s:4+4"} or {@code "copy c2s:0+2->s2c:0+2"}
   * @return the changed copy
   * @throws IllegalArgumentException when one is not a rule
   */
  public ReplayExtension withRules(String... rules) {
    return new ReplayExtension(settings.withRules(Rules.of(rules)));
  }

  /**
   * This, with the rules of a file, beside those of {@link #withRules}.
   *
   * @param rulesFile its name, looked for as the recording is; read when the first test begins
   * @return the changed copy
   */
  public ReplayExtension withRulesFile(String rulesFile) {
    return new ReplayExtension(settings.withRulesFile(rulesFile));
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
   * This, with another time-out.
   *
   * @param timeout for how long a client may send nothing while it is its turn, and for how long
   *     clients are waited for at the end; above 0
   * @return the changed copy
   */
  public ReplayExtension withIdleTimeout(Duration timeout) {
    return new ReplayExtension(settings.withIdleTimeout(timeout));
  }

  /**
   * This, with an exact number of connections.
   *
   * @param connections how many have to play the recording; 0 for one or more
   * @return the changed copy
   */
  public ReplayExtension withConnections(int connections) {
    return new ReplayExtension(settings.withConnections(connections));
  }

  /**
   * This, with a target to record from.
   *
   * @param target the real server, such as {@code localhost:9001}
   * @return the changed copy
   */
  public ReplayExtension withTarget(String target) {
    return withTarget(Settings.target(target));
  }

  /**
   * This, with a target to record from that is known later.
   *
   * @param target where the real server is; asked only when a recording is about to be made, before
   *     the first method {@code @BeforeEach}, or {@code @BeforeAll} for a server of a whole class
   * @return the changed copy
   */
  public ReplayExtension withTarget(Supplier<InetSocketAddress> target) {
    return new ReplayExtension(settings.withTarget(target));
  }

  /**
   * This, with another mode.
   *
   * @param mode when to record, unless a system property or an environment variable says otherwise
   * @return the changed copy
   */
  public ReplayExtension withRecordMode(RecordMode mode) {
    return new ReplayExtension(settings.withMode(mode));
  }

  /**
   * Where clients connect.
   *
   * @return the address, with its real port; another one for each server
   * @throws IllegalStateException outside of a test
   */
  public InetSocketAddress address() {
    return run.current().address();
  }

  /**
   * What became of the connections so far; it need not be asked, as the test fails by itself.
   *
   * @return a snapshot
   * @throws IllegalStateException outside of a test, and while recording
   */
  public Verdict verdict() {
    return run.current().verdict();
  }

  /**
   * Whether clients talk to the target, and are recorded.
   *
   * @return false when they get what was recorded
   * @throws IllegalStateException outside of a test
   */
  public boolean isRecording() {
    return run.current() instanceof RecordRun;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    run.begin(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
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
}
