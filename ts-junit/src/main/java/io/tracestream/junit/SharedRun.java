package io.tracestream.junit;

import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * The run of one extension, for those that use it at the same time: one test, or a class and its
 * tests. It begins with the first one and ends with the last. For any number of threads.
 */
final class SharedRun implements AutoCloseable {
  private final Settings settings;
  /** The ids of the tests and classes that use it now. */
  private final Set<String> users = new HashSet<>();
  /** Null while there are none. */
  private Run run;

  private Run.End end;

  SharedRun(Settings settings) {
    this.settings = settings;
  }

  /** What serves the tests that are under way. */
  synchronized Run current() {
    if (run == null) {
      throw new IllegalStateException(settings.recording() + ": there is no server outside of a"
          + " test; register this extension in a field with @RegisterExtension");
    }
    return run;
  }

  /** A test or a class begins. One that has begun may do so again. */
  synchronized void begin(ExtensionContext context) throws IOException {
    if (users.isEmpty()) {
      run = start(context.getRequiredTestClass());
      end = Run.End.PASSED;
    }
    users.add(context.getUniqueId());
  }

  private Run start(Class<?> test) throws IOException {
    Settings complete = settings;
    if (!settings.rulesFile().isEmpty()) {
      Rules more = Rules.read(TestFiles.find(test, settings.rulesFile()));
      complete = settings.withRules(settings.rules().plus(more));
    }
    Path file = TestFiles.find(test, settings.recording());
    RecordMode told = settings.mode().unlessToldOtherwise();
    RecordMode mode = settings.target() == null ? RecordMode.NONE : told;
    boolean exists = exists(file);
    if (mode == RecordMode.ALL || mode == RecordMode.ONCE && !exists) {
      return new RecordRun(complete, file);
    }
    if (!exists) {
      throw new IOException(file + ": there is no such recording; " + wayOut());
    }
    return new ReplayRun(complete, file);
  }

  /** A folder that was only kept for recordings, with a hidden file, is not one of recordings. */
  private boolean exists(Path file) throws IOException {
    return settings.isFolder() && Files.isDirectory(file)
        ? !NewRecording.files(file).isEmpty()
        : Files.exists(file);
  }

  private String wayOut() {
    return settings.target() == null
        ? "correct the name, or give the test a target to record from"
        : "record it with -D" + RecordMode.PROPERTY + "=" + RecordMode.ONCE + ", or "
            + RecordMode.VARIABLE + "=" + RecordMode.ONCE + " in the environment, and commit it";
  }

  /** A test or a class is over; one that did not get as far as to begin here counts for nothing. */
  void end(ExtensionContext context) throws IOException {
    Throwable thrown = context.getExecutionException().orElse(null);
    Run.End how = thrown == null
        ? Run.End.PASSED
        : thrown instanceof TestAbortedException ? Run.End.ABORTED : Run.End.FAILED;
    Over over = leave(Set.of(context.getUniqueId()), how);
    if (over != null) {
      over.end(); // outside of the lock, as this may take a while
    }
  }

  /** Ends what is left of tests that were never told to be over, as their class was not made. */
  @Override
  public void close() throws IOException {
    Over over = leave(Set.copyOf(users()), Run.End.ABORTED);
    if (over != null) {
      over.end();
    }
  }

  private synchronized Set<String> users() {
    return users;
  }

  /** The run, if these were the last ones to use it. */
  private synchronized Over leave(Set<String> leaving, Run.End how) {
    if (!users.removeAll(leaving)) {
      return null;
    }
    end = how.compareTo(end) > 0 ? how : end;
    if (!users.isEmpty()) {
      return null;
    }
    Over over = new Over(run, end);
    run = null;
    return over;
  }

  /** A run that nobody uses any more. */
  private record Over(Run run, Run.End how) {
    void end() throws IOException {
      // A test that leaves its thread interrupted says nothing of its clients: they are waited for.
      boolean interrupted = Thread.interrupted();
      try {
        run.awaitClients(how);
      } catch (InterruptedException e) { // somebody is in a hurry: what there is has to do
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
