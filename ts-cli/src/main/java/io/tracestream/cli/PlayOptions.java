package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of those commands that play a recording. */
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
        description = "The recording to play.")
    private Path file;

    @Option(
        names = "--record-dir",
        required = true,
        paramLabel = "DIR",
        converter = Values.FileName.class,
        description = "A folder of recordings to play, each on one connection.")
    private Path directory;
  }

  @Mixin
  private TimingOptions timing;

  @Mixin
  private RuleOptions rules;

  @Mixin
  private ReportOption report;

  @Option(
      names = "--context",
      paramLabel = "BYTES",
      defaultValue = "16",
      converter = Context.class,
      description = {
        "How many bytes to show on either side of the first",
        "difference (default: ${DEFAULT-VALUE})."
      })
  private int context;

  /** The file or the folder. */
  Path recording() {
    return source.file != null ? source.file : source.directory;
  }

  boolean isDirectory() {
    return source.directory != null;
  }

  /** What is to be played. */
  List<Conversation> conversations() throws Failures.NotStarted {
    if (!isDirectory()) {
      return List.of(Conversation.of(source.file));
    }
    try {
      RecordingDirectory directory = RecordingDirectory.open(source.directory);
      directory.leftOut().forEach(LoggerFactory.getLogger(PlayOptions.class)::warn);
      return directory.conversations();
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  Timing timing() {
    return timing.timing();
  }

  Rules rules() {
    return rules.rules();
  }

  /** Refuses what can be seen to be wrong before anything starts. */
  void check() throws Failures.NotStarted {
    report.check(recording());
  }

  /** Explains each mismatch on stderr; what else there is to say goes into the log. */
  SessionListener listener() {
    boolean colours = Terminal.STDERR.showsColours();
    SessionListener explaining = result -> {
      if (result.mismatch() == null) {
        SessionListener.LOGGING.ended(result);
      } else {
        System.err.print(explain(result.mismatch(), colours));
      }
    };
    return report.listener(explaining, context);
  }

  private String explain(Mismatch mismatch, boolean colours) {
    // A line end in a file's name would look like one of the text.
    String name = mismatch.place().recording();
    String text = MismatchText.of(mismatch, context, colours).replace(name, VisibleText.line(name));
    return text + "\n";
  }

  /** Says what became of the sessions, in a line and in the report; gives the exit status. */
  int conclude(String command, Verdict verdict, boolean passed) {
    boolean told = report.write(command, recording(), verdict, passed);
    // On a terminal the sum stands below what it sums up.
    StandardError.awaitWritten(LOG_MILLIS, LOG_MILLIS);
    try {
      StandardOutput.printLine(verdict.toString());
    } catch (Failures.Failed e) {
      Failures.say(e.getMessage());
      return Failures.FAILED;
    }
    return passed && told ? 0 : Failures.FAILED;
  }

  private static final class Context extends Values.Range {
    private Context() {
      super(0, 1_000_000);
    }
  }
}
