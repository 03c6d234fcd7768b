package io.tracestream.cli;

import io.tracestream.recording.Recording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The two recordings that a command compares. */
final class TwoRecordings {
  @Parameters(
      index = "0",
      paramLabel = "A",
      converter = Values.FileName.class,
      description = "First recording.")
  private Path a;

  @Parameters(
      index = "1",
      paramLabel = "B",
      converter = Values.FileName.class,
      description = "Second recording.")
  private Path b;

  /** What to do with them. It may also throw {@link UncheckedIOException}. */
  interface Work<T> {
    T with(Recording a, Recording b) throws IOException, Failures.Failed;
  }

  /**
   * Opens both, and closes them when the work is done.
   *
   * @throws Failures.NotStarted when one of them is missing or is not a recording
   * @throws Failures.Failed when one of them is damaged further on, or cannot be read
   */
  <T> T compare(int maxPayloadLength, Work<T> work) throws Failures.NotStarted, Failures.Failed {
    try (Recording openedA = open(a, maxPayloadLength);
        Recording openedB = open(b, maxPayloadLength)) {
      return work.with(openedA, openedB);
    } catch (UncheckedIOException e) {
      throw new Failures.Failed(Failures.reason(e.getCause()));
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private static Recording open(Path file, int maxPayloadLength) throws Failures.NotStarted {
    try {
      return Recording.open(file, maxPayloadLength);
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }
}
