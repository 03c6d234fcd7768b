package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Option;

/** The option to write a report at the end. */
final class ReportOption {
  static final String JSON = ".json";
  private static final String XML = ".xml";
  static final String HTML = ".html";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      converter = ToReport.class,
      description =
          "Write a report: for people as a page to a FILE.html; for programs as JSON to a FILE.json,"
              + " as JUnit XML to a FILE.xml.")
  private Path file;

  /** Null for the other kinds of reports. */
  private Page page;

  private Decoders decoders = Decoders.NONE;

  private SessionCollector sessions;
  private Instant started;
  private long startedNanos;

  /**
   * Refuses a file that cannot be written. Call it before anything starts.
   *
   * @param recording what is played, which the report must not overwrite
   * @throws Failures.NotStarted when the option is given and its file cannot be written
   */
  void check(Path recording) throws Failures.NotStarted {
    check("--report", file, recording);
  }

  /**
   * Reads into a page what is to be played, so that stopping takes no longer.
   *
   * @throws Failures.NotStarted when there is no room for it
   */
  void prepare(List<Conversation> conversations, int maxPayloadLength, Decoders shownBy)
      throws Failures.NotStarted {
    decoders = shownBy;
    page = page(file, conversations, maxPayloadLength, shownBy);
  }

  /** The page that a report is to become; null if it is to become something else. */
  static Page page(
      Path file, List<Conversation> conversations, int maxPayloadLength, Decoders decoders)
      throws Failures.NotStarted {
    if (file == null || !Values.Report.hasSuffix(file.toString(), HTML)) {
      return null;
    }
    Page.check("--report", file);
    try {
      Page page = Page.of(file);
      page.add(conversations, maxPayloadLength, decoders);
      return page;
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--report", file, e));
    }
  }

  /**
   * Refuses a file for an option's output that cannot be written, or that is the recording.
   *
   * @param file null if the option was not given
   */
  static void check(String option, Path file, Path recording) throws Failures.NotStarted {
    if (file == null) {
      return;
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw refused(
          option, file, Files.isDirectory(file) ? " is a folder" : " is not a regular file");
    }
    try {
      if (WholeFile.replaces(file, recording)) {
        throw refused(option, file, " is the recording");
      }
      WholeFile.check(file);
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite(option, file, e));
    }
  }

  private static Failures.NotStarted refused(String option, Path file, String why) {
    return new Failures.NotStarted(option + ": " + file + why + "; choose another name");
  }

  /**
   * Starts to collect results for the report.
   *
   * @param next gets all results, too
   * @param context how many bytes an explanation shows on each side of a difference
   * @param decoders what shows payloads in explanations
   * @return the listener to play with; {@code next} without the option
   */
  SessionListener listener(SessionListener next, int context, Decoders decoders) {
    if (file == null) {
      return next;
    }
    started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    startedNanos = System.nanoTime();
    sessions = new SessionCollector(next, context, decoders);
    return sessions;
  }

  /**
   * Writes the report, whole or not at all. Call it once the sessions are over, from any thread.
   *
   * @param command the command's name
   * @param recording what was played
   * @param verdict the totals of all sessions
   * @param passed whether the run passed
   * @return false when it cannot be written, and a line on stderr says why
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
      if (page != null) {
        HtmlReport.write(report, page, decoders);
      } else if (Values.Report.hasSuffix(file.toString(), XML)) {
        WholeFile.write(file, out -> JUnitReport.write(report, out));
      } else {
        WholeFile.write(file, out -> JsonReport.write(report, out));
      }
      return true;
    } catch (IOException e) {
      Failures.say(Page.cannotWrite("--report", file, e));
      return false;
    }
  }

  private static final class ToReport extends Values.Report {
    private ToReport() {
      super(".html, .json or .xml", HTML, JSON, XML);
    }
  }
}
