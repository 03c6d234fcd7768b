package io.tracestream.junit;

import io.tracestream.rules.Faults;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * The server of one extension, shared by all who use it at the same time: a single test, or a class
 * and its tests. It starts when its address is first needed, so that a test that is aborted before
 * that needs no recording, and stops with its last user. Thread-safe.
 */
final class SharedRun implements AutoCloseable {
  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(SharedRun.class);

  /** How long to wait for the reason of a test's exception. */
  private static final Duration BRIEFLY = Duration.ofSeconds(1);

  private final Settings settings;
  /** The ids of the tests and classes that use it now. */
  private final Set<String> users = new HashSet<>();
  /** The ids of the tests among these users. */
  private final Set<String> activeTests = new HashSet<>();
  /** The first of the users; null while there are none. */
  private @Nullable ExtensionContext first;
  /** The tests of the classes among these users; empty for a single test. */
  private ClassTests tests = new ClassTests();
  /** Null until its address is needed. */
  private @Nullable Run run;
  /** Why it could not start; null unless that happened. */
  private @Nullable String failure;

  private Run.End end = Run.End.PASSED;

  SharedRun(Settings settings) {
    this.settings = settings;
  }

  /**
   * The server, which is started if it was not needed before.
   *
   * @throws UncheckedIOException when it cannot start
   * @throws IllegalStateException when no test is running
   */
  synchronized Run current() {
    if (first == null) {
      throw new IllegalStateException(settings.recording() + ": there is no server outside a test;"
          + " register this extension in a field with @RegisterExtension");
    }
    if (run == null) {
      try {
        run = start(first);
      } catch (IOException e) {
        failure = problem(e);
        throw new UncheckedIOException(e.getMessage(), e);
      } catch (RuntimeException | Error e) { // the target comes from a user's code
        failure = problem(e);
        throw e;
      }
    }
    return run;
  }

  private static String problem(Throwable e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  /** A test or a class begins. May be called more than once. */
  synchronized void begin(ExtensionContext context) {
    if (users.isEmpty()) {
      first = context;
      tests = new ClassTests();
      failure = null;
      end = Run.End.PASSED;
    }
    users.add(context.getUniqueId());
    if (context.getTestMethod().isEmpty()) {
      tests.add(context.getRequiredTestClass());
    } else {
      activeTests.add(context.getUniqueId());
      tests.ran(context);
    }
  }

  /** A test of a class does not run because of a condition. */
  synchronized void disabled(ExtensionContext context) {
    if (!users.isEmpty()) {
      tests.disabled(context);
    }
  }

  private Run start(ExtensionContext context) throws IOException {
    Class<?> test = context.getRequiredTestClass();
    Path file = TestFiles.find(test, settings.recording());
    Settings complete = settings.checked();
    if (!settings.rulesFile().isEmpty()) {
      Rules more = rules(TestFiles.find(test, settings.rulesFile()));
      complete = settings.withRules(settings.rules().plus(more));
    }
    boolean exists = exists(file);
    ExtensionContext.Store recorded = context.getRoot().getStore(OURS);
    Supplier<InetSocketAddress> target = settings.target();
    if (target != null && isToBeRecorded(exists, recorded.get(key(file)) != null)) {
      return new RecordRun(complete, target, file, () -> recorded.put(key(file), true));
    }
    if (!exists) {
      throw new IOException(file + ": there is no such recording; " + remedy());
    }
    return new ReplayRun(complete, file);
  }

  private boolean isToBeRecorded(boolean exists, boolean isNew) {
    return switch (settings.mode().unlessOverridden()) {
      case NONE -> false;
      case ONCE -> !exists;
      // Tests that share a recording share the new one, too: the first test makes it.
      case ALL -> !exists || !isNew;
    };
  }

  private static Rules rules(Path file) throws IOException {
    try {
      return Settings.withoutFaults(Rules.read(file));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("rulesFile: " + e.getMessage(), e);
    }
  }

  /** What is done to the frames that are sent; null for nothing ever. */
  @Nullable
  Faults faults() {
    return settings.faults();
  }

  private static Path key(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** A folder that holds only hidden files, such as a .gitkeep, has no recording in it yet. */
  private boolean exists(Path file) throws IOException {
    return settings.isFolder() && Files.isDirectory(file)
        ? !NewRecording.files(file).isEmpty()
        : Files.exists(file);
  }

  private String remedy() {
    return settings.target() == null
        ? "correct the name, or give the test a target to record from"
        : "record it with -D" + RecordMode.PROPERTY + "=" + RecordMode.ONCE + ", or "
            + RecordMode.VARIABLE + "=" + RecordMode.ONCE + " in the environment, and commit it";
  }

  /** A test or a class is over. One whose beginning was never announced is not counted. */
  void end(ExtensionContext context) throws IOException {
    Run.End how = context.getExecutionException().map(SharedRun::end).orElse(Run.End.PASSED);
    Over over = leave(Set.of(context.getUniqueId()), how);
    if (over != null) {
      over.end(); // without the lock, as this may take a while
      over.run().notes().forEach(note -> context.publishReportEntry("ts-junit", note));
    }
  }

  private static Run.End end(Throwable thrown) {
    return thrown instanceof TestAbortedException || isAssumptionOfJUnit4(thrown)
        ? Run.End.ABORTED
        : Run.End.FAILED;
  }

  /** Jupiter takes JUnit 4's failed assumptions for its own; JUnit 4 need not be there. */
  private static boolean isAssumptionOfJUnit4(Throwable thrown) {
    for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals("org.junit.internal.AssumptionViolatedException")) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a test fails with that throws: where its client's connection was closed on a client that
   * did not do what was recorded, an exception is what comes of that, and the reason says more.
   */
  Throwable explained(Throwable thrown) {
    Run used = onlyTestsRun();
    if (used == null || end(thrown) == Run.End.ABORTED || isNotToBeHandled(thrown)) {
      return thrown;
    }
    boolean interrupted = Thread.interrupted();
    try {
      // The client may see the end of its connection before we hear of its reason.
      used.awaitConnections(Math.max(1, used.connected.get()), BRIEFLY);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    String explanation = used.explanation();
    if (explanation == null) {
      return thrown;
    }
    AssertionFailedError error = new AssertionFailedError(with(thrown, explanation), thrown);
    error.setStackTrace(thrown.getStackTrace()); // the line of the test is what people look for
    return error;
  }

  /** An assertion may have failed before that, so its message is in the first line, too. */
  private static String with(Throwable thrown, String explanation) {
    String message = thrown.getMessage();
    return thrown instanceof AssertionError && message != null
        ? explanation.replaceFirst(
            "$|\\R",
            Matcher.quoteReplacement("; the test failed with: " + firstLine(message)) + "$0")
        : explanation;
  }

  private static String firstLine(String message) {
    return message.strip().lines().findFirst().orElse("");
  }

  /** Out of memory, for example. */
  private static boolean isNotToBeHandled(Throwable thrown) {
    return thrown instanceof Error && !(thrown instanceof AssertionError);
  }

  /** The server, if a single test uses it: of several, it is not known whose client it was. */
  private synchronized @Nullable Run onlyTestsRun() {
    return activeTests.size() == 1 ? run : null;
  }

  /** Stops the server of tests whose end was never announced because their constructor failed. */
  @Override
  public void close() throws IOException {
    Over over;
    synchronized (this) {
      over = leave(Set.copyOf(users), Run.End.ABORTED);
    }
    if (over != null) {
      over.end();
    }
  }

  /** What is left to do if these were the last users; null if they were not. */
  private synchronized @Nullable Over leave(Set<String> leaving, Run.End how) {
    if (!users.removeAll(leaving)) {
      return null;
    }
    activeTests.removeAll(leaving);
    end = worse(end, how);
    if (!users.isEmpty()) {
      return null;
    }
    if (!tests.allRan()) {
      end = worse(
          end, tests.allRanOrAreDisabled() ? Run.End.SOME_DISABLED : Run.End.SOME_NOT_SELECTED);
    }
    Over over = run != null ? new Over(run, end) : null;
    run = null;
    first = null;
    if (over == null && end == Run.End.PASSED) {
      throw new AssertionFailedError(
          failure != null
              ? failure
              : settings.recording() + ": no client connected, as no test asked for the server's"
                  + " address; have the test give it to its client");
    }
    return over;
  }

  private static Run.End worse(Run.End one, Run.End other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A run that has no users left. */
  private record Over(Run run, Run.End how) {
    void end() throws IOException {
      // A test may leave its thread interrupted. Its clients are waited for all the same, and the
      // thread is interrupted again at the end.
      boolean interrupted = Thread.interrupted();
      try {
        run.awaitClients(how);
      } catch (InterruptedException e) { // while waiting: judge what has happened so far
        interrupted = true;
      } finally {
        try {
          run.end(how);
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }
  }
}
