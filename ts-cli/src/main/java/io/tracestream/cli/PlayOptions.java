package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the commands that play a recording. */
final class PlayOptions {
  private static final long LOG_MILLIS = 200;

  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {
    @Option(
        names = "--record",
        required = true,
        paramLabel = "FILE",
        converter = Values.FileName.class,
        description = "Recording to play.")
    private Path file;

    @Option(
        names = "--record-dir",
        required = true,
        paramLabel = "DIR",
        converter = Values.FileOrFolder.class,
        description = "Folder of recordings to play, each on a connection of its own.")
    private Path directory;
  }

  @Mixin(name = "Timing:")
  private TimingOptions timing;

  @Mixin(name = "What may differ:")
  private RuleOptions rules;

  @Mixin(name = "Live view:")
  private ShowOption show;

  @Mixin(name = "Results:")
  private Results results;

  private static final class Results {
    @Mixin
    private ReportOption report;

    @Option(
        names = "--context",
        paramLabel = "BYTES",
        defaultValue = "16",
        converter = Context.class,
        description = "Bytes to show on each side of a difference. Default: ${DEFAULT-VALUE}.")
    private int context;
  }

  /** The file or the folder. */
  Path recording() {
    return source.file != null ? source.file : source.directory;
  }

  boolean isDirectory() {
    return source.directory != null;
  }

  /** What to play. The files are not opened yet. */
  List<Conversation> conversations() throws Failures.NotStarted {
    if (!isDirectory()) {
      return List.of(Conversation.of(source.file));
    }
    try {
      RecordingDirectory directory = RecordingDirectory.open(source.directory);
      directory.leftOut().forEach(log()::warn);
      return directory.conversations();
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** Made late, once it is known how much to log. */
  private static Logger log() {
    return LoggerFactory.getLogger(PlayOptions.class);
  }

  Timing timing() {
    return timing.timing();
  }

  Rules rules() {
    return rules.rules();
  }

  Rules rulesWithoutFaults() {
    return rules.rulesWithoutFaults();
  }

  /** Refuses what cannot work, before anything starts. */
  void check() throws Failures.NotStarted {
    if (source.file != null && Files.isDirectory(source.file)) {
      throw new Failures.NotStarted("--record: " + source.file
          + " is a folder; use --record-dir to play the recordings in it");
    }
    if (isDirectory() && Files.isRegularFile(source.directory)) {
      throw new Failures.NotStarted(
          "--record-dir: " + source.directory + " is a file; use --record to play it");
    }
    results.report.check(recording());
    show.load();
  }

  ShowOption show() {
    return show;
  }

  /**
   * Gets ready what the report needs of the recordings. Call it before anything is played.
   *
   * @throws Failures.NotStarted when there is no room for it
   */
  void prepareReport(List<Conversation> conversations, FrameFormat format)
      throws Failures.NotStarted {
    results.report.prepare(conversations, format.maxPayloadLength(), show.decoders());
  }

  /** Explains each mismatch on stderr, and logs how all other sessions end. */
  SessionListener listener() {
    boolean colours = Terminal.STDERR.showsColours();
    SessionListener explaining = result -> {
      if (result.mismatch() == null) {
        SessionListener.LOGGING.ended(result);
      } else {
        System.err.print(explain(result.mismatch(), colours));
      }
    };
    return results.report.listener(explaining, results.context, show.decoders());
  }

  private String explain(Mismatch mismatch, boolean colours) {
    // A line end in a file's name would look like one of the text.
    String name = mismatch.place().recording();
    String text = MismatchText.of(mismatch, results.context, colours, show.decoders())
        .replace(name, VisibleText.line(name));
    return text + "\n";
  }

  /**
   * Writes the summary and the report.
   *
   * @param enough whether as many sessions matched as were asked for
   * @return the exit status
   */
  int conclude(String command, Verdict verdict, boolean enough) {
    boolean passed = verdict.passed() && enough;
    boolean written = results.report.write(command, recording(), verdict, passed);
    boolean shown = show.close();
    int status = verdict.failed() || !enough || !written || !shown ? Failures.FAILED : 0;
    Shutdown.decided(status);
    // So that the summary comes last on a terminal.
    StandardError.awaitWritten(LOG_MILLIS, LOG_MILLIS);
    try {
      StandardOutput.printLine(VerdictText.of(verdict));
    } catch (Failures.Failed e) {
      Failures.say(e.getMessage());
      return Failures.FAILED;
    }
    return status;
  }

  private static final class Context extends Values.Range {
    private Context() {
      super(0, 1_000_000);
    }
  }
}
