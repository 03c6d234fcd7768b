package io.tracestream.cli;

import io.tracestream.replay.Rules;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of those commands that play a recording. */
final class PlayOptions {
  @Option(
      names = "--record",
      required = true,
      paramLabel = "FILE",
      converter = ToFile.class,
      description = "The recording to play.")
  private Path recording;

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

  Path recording() {
    return recording;
  }

  Timing timing() {
    return timing.timing();
  }

  Rules rules() {
    return rules.rules();
  }

  /** Refuses what can be seen to be wrong before anything starts. */
  void check() throws Failures.NotStarted {
    report.check(recording);
  }

  /** Explains each mismatch on stderr; what else there is to say goes into the log. */
  SessionListener listener() {
    boolean colours = Terminal.showsColours();
    SessionListener explaining = result -> {
      if (result.mismatch() == null) {
        SessionListener.LOGGING.ended(result);
      } else {
        System.err.println(result.mismatch().explain(context, colours));
      }
    };
    return report.listener(explaining, context);
  }

  /** Says what became of the sessions, in a line and in the report; gives the exit status. */
  int conclude(String command, Verdict verdict, boolean passed) {
    System.out.println(verdict);
    System.out.flush();
    boolean told = report.write(command, recording, verdict, passed);
    return passed && told ? 0 : Failures.FAILED;
  }

  private static final class Context extends CommonOptions.Range {
    private Context() {
      super(0, 1_000_000);
    }
  }
}
