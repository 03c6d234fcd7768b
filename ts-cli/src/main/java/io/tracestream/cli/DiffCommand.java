package io.tracestream.cli;

import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "diff",
    description = "Compares two recordings entry by entry, and says where they differ.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing differs",
      "1:something differs, or a recording is damaged",
      "2:wrong usage",
      "3:a recording is missing, or is none"
    })
final class DiffCommand implements Callable<Integer> {
  @Mixin
  private TwoRecordings recordings;

  @Mixin
  private RuleOptions rules;

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  @Option(
      names = "--context",
      paramLabel = "BYTES",
      defaultValue = "16",
      converter = Count.class,
      description = {
        "Text: bytes to show on either side of the first",
        "difference (default: ${DEFAULT-VALUE})."
      })
  private int context;

  @Mixin
  private CommonOptions common;

  private DiffSummary summary;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    common.applyLoudness();
    Rules compared = rules.rules();
    return recordings
            .compare(common.format().maxPayloadLength(), (a, b) -> compare(a, b, compared))
            .isSame()
        ? 0
        : Failures.FAILED;
  }

  private DiffSummary compare(Recording a, Recording b, Rules compared)
      throws IOException, Failures.Failed {
    // What was found before an exception is worth showing.
    StandardOutput.printToItsEnd(
        out -> summary = json ? asJson(a, b, compared, out) : asText(a, b, compared, out));
    return summary;
  }

  private DiffSummary asText(Recording a, Recording b, Rules compared, Writer out)
      throws IOException {
    DiffText text =
        new DiffText(a.toString(), b.toString(), context, Terminal.STDOUT.showsColours());
    DiffSummary found =
        RecordingDiff.compare(a, b, compared, change -> print(text.of(change) + "\n", out));
    print(DiffText.of(found) + "\n", out);
    return found;
  }

  private static void print(String text, Writer out) {
    try {
      out.write(VisibleText.lines(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DiffSummary asJson(Recording a, Recording b, Rules compared, Writer out)
      throws IOException {
    try (DiffJson document = new DiffJson(out)) {
      document.begin(a.toString(), b.toString(), compared);
      DiffSummary summary = RecordingDiff.compare(a, b, compared, document::add);
      document.end(summary);
      return summary;
    }
  }

  private static final class Count extends CommonOptions.Range {
    private Count() {
      super(0, Integer.MAX_VALUE);
    }
  }
}
