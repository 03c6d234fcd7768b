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

  /** Explains each mismatch on stderr; what else there is to say goes into the log. */
  SessionListener listener() {
    boolean colours = Terminal.showsColours();
    return result -> {
      if (result.mismatch() == null) {
        SessionListener.LOGGING.ended(result);
      } else {
        System.err.println(result.mismatch().explain(context, colours));
      }
    };
  }

  /** Says what became of the sessions, in a line; gives the exit status. */
  static int conclude(Verdict verdict, boolean passed) {
    System.out.println(verdict);
    System.out.flush();
    return passed ? 0 : Failures.FAILED;
  }

  private static final class Context extends CommonOptions.Range {
    private Context() {
      super(0, 1_000_000);
    }
  }
}
