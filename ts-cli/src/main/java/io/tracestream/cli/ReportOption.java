package io.tracestream.cli;

import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flag of those commands that say in a file how their sessions ended. */
final class ReportOption {
  private static final String XML = ".xml";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      converter = ToReport.class,
      description = {
        "Say at the end how each session ended, for programs:",
        "JSON to a name in .json, JUnit's XML to one in .xml."
      })
  private Path file;

  private SessionCollector sessions;
  private Instant started;
  private long startedNanos;

  /**
   * Refuses a file that could not be written in the end; to be called before anything starts.
   *
   * @param recording what is played; it is not to be overwritten
   * @throws Failures.NotStarted in one line; when there is no flag, never
   */
  void check(Path recording) throws Failures.NotStarted {
    if (file == null) {
      return;
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw refused(
          Files.isDirectory(file) ? "a folder" : "no regular file",
          "a file to write the report to; choose another name");
    }
    try {
      if (Files.exists(file) && Files.exists(recording) && Files.isSameFile(file, recording)) {
        throw refused("the recording", "another file for the report; choose another name");
      }
      WholeFile.check(file);
    } catch (IOException e) {
      throw hasFolder()
          ? refused(reason(e), "a place to write the report to")
          : new Failures.NotStarted("--report: found no folder at " + folder()
              + ", expected one for " + file + "; create it");
    }
  }

  private Failures.NotStarted refused(String found, String expected) {
    return new Failures.NotStarted(
        "--report: found " + found + " at " + file + ", expected " + expected);
  }

  private Path folder() {
    return file.toAbsolutePath().getParent();
  }

  private boolean hasFolder() {
    return Files.isDirectory(folder());
  }

  private String reason(IOException e) {
    if (!hasFolder()) {
      return "no folder";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to write";
    }
    return "\""
        + (e instanceof FileSystemException named ? Failures.fileReason(named) : Failures.reason(e))
        + "\"";
  }

  /**
   * Begins to collect what the report will say.
   *
   * @param next who is told of sessions, too
   * @param context how many bytes an explanation shows on either side of the first difference
   * @return the listener to play with; {@code next} when there is no flag
   */
  SessionListener listener(SessionListener next, int context) {
    if (file == null) {
      return next;
    }
    started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    startedNanos = System.nanoTime();
    sessions = new SessionCollector(next, context);
    return sessions;
  }

  /**
   * Writes the report, whole or not at all; to be called once the sessions are over, from any
   * thread.
   *
   * @param command the command's name
   * @param recording what was played
   * @param verdict the sums of all sessions
   * @param passed whether all that was asked for matched
   * @return false when it cannot be written, of which one line on stderr then says why; true when
   *     it is, and when there is no flag
   */
  boolean write(String command, Path recording, Verdict verdict, boolean passed) {
    if (file == null) {
      return true;
    }
    Report report = new Report(
        command,
        recording.toString(),
        passed,
        started,
        Duration.ofNanos(System.nanoTime() - startedNanos),
        verdict,
        sessions.sessions(),
        sessions.leftOut());
    try {
      WholeFile.write(file, out -> {
        if (hasSuffix(file.toString(), XML)) {
          JUnitReport.write(report, out);
        } else {
          JsonReport.write(report, out);
        }
      });
      return true;
    } catch (IOException e) {
      Failures.say("--report: found " + reason(e) + " when writing " + file
          + ", expected room for the report; it is not written");
      return false;
    }
  }

  private static boolean hasSuffix(String name, String suffix) {
    return name.toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  private static final class ToReport implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      if (hasSuffix(value, ".json") || hasSuffix(value, XML)) {
        return new Values.FileName().convert(value);
      }
      throw new TypeConversionException(
          "found \"" + value + "\", expected a name that ends in .json or .xml");
    }
  }
}
