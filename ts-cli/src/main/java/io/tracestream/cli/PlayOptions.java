package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Rules;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the commands that play a recording. */
final class PlayOptions {
  @Mixin
  private SourceOptions source;

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

  boolean isDirectory() {
    return source.isDirectory();
  }

  /** What to play. The files are not opened yet. */
  List<Conversation> conversations() throws Failures.NotStarted {
    return source.conversations();
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
    source.check();
    results.report.check(source.recording());
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
    SessionListener explaining =
        result -> MismatchText.say(result, results.context, colours, show.decoders());
    return results.report.listener(explaining, results.context, show.decoders());
  }

  /**
   * Writes the summary and the report.
   *
   * @param enough whether as many sessions matched as were asked for
   * @return the exit status
   */
  int conclude(String command, Verdict verdict, boolean enough) {
    boolean passed = verdict.passed() && enough;
    boolean written = results.report.write(command, source.recording(), verdict, passed);
    boolean shown = show.close();
    int status = verdict.failed() || !enough || !written || !shown ? Failures.FAILED : 0;
    return Shutdown.conclude(status, VerdictText.of(verdict));
  }

  private static final class Context extends Values.Range {
    private Context() {
      super(0, 1_000_000);
    }
  }
}
