package io.tracestream.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The run of one extension, for those that use it at the same time: one test, or a class and its
 * tests. It begins with the first one and ends with the last. For any number of threads.
 */
final class SharedRun {
  private final Settings settings;
  private int users;
  /** Null while there are none. */
  private Run run;

  private TestEnd end;

  SharedRun(Settings settings) {
    this.settings = settings;
  }

  /** What serves the tests that are under way. */
  synchronized Run current() {
    if (run == null) {
      throw new IllegalStateException(settings.recording() + ": found no server, expected a test to"
          + " be under way; register this extension in a field with @RegisterExtension");
    }
    return run;
  }

  synchronized void begin(Class<?> test) throws IOException {
    if (users == 0) {
      run = start(test);
      end = TestEnd.PASSED;
    }
    users++;
  }

  private Run start(Class<?> test) throws IOException {
    Path file = TestFiles.find(test, settings.recording());
    RecordMode told = settings.mode().unlessToldOtherwise();
    RecordMode mode = settings.target() == null ? RecordMode.NONE : told;
    if (mode == RecordMode.ALL || mode == RecordMode.ONCE && !Files.exists(file)) {
      return new RecordRun(settings, file);
    }
    if (!Files.exists(file)) {
      throw new IOException(file + ": found no such recording, expected one; " + wayOut());
    }
    return new ReplayRun(settings, file);
  }

  private String wayOut() {
    return settings.target() == null
        ? "correct the name, or give the test a target to record from"
        : "record it with -D" + RecordMode.PROPERTY + "=" + RecordMode.ONCE + ", or "
            + RecordMode.VARIABLE + "=" + RecordMode.ONCE + " in the environment, and commit it";
  }

  /** A test or a class is over; one that could not begin as well. */
  void end(Throwable thrown) throws IOException, InterruptedException {
    Over over = leave(TestEnd.of(thrown));
    if (over != null) {
      over.run.end(over.end); // outside of the lock, as this may take a while
    }
  }

  /** The run, if that was the last one to use it. */
  private synchronized Over leave(TestEnd ended) {
    if (users == 0) {
      return null;
    }
    end = end.and(ended);
    users--;
    if (users > 0) {
      return null;
    }
    Over over = new Over(run, end);
    run = null;
    return over;
  }

  /** A run that nobody uses any more. */
  private record Over(Run run, TestEnd end) {}
}
