package io.tracestream.cli;

import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
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

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    common.applyLoudness();
    Rules compared = rules.rules();
    DiffSummary summary =
        recordings.compare(common.format().maxPayloadLength(), (a, b) -> compare(a, b, compared));
    return summary.isSame() ? 0 : Failures.FAILED;
  }

  private DiffSummary compare(Recording a, Recording b, Rules compared) throws IOException {
    // Not closed, as it is stdout; what was found before an exception is worth showing.
    PrintStream out = new PrintStream(
        new BufferedOutputStream(System.out, 65_536), false, StandardCharsets.UTF_8);
    try {
      return json ? asJson(a, b, compared, out) : asText(a, b, compared, out);
    } finally {
      out.flush();
    }
  }

  private DiffSummary asText(Recording a, Recording b, Rules compared, PrintStream out)
      throws IOException {
    DiffText text = new DiffText(a.toString(), b.toString(), context, Ansi.AUTO.enabled());
    DiffSummary summary =
        RecordingDiff.compare(a, b, compared, change -> out.println(text.of(change)));
    out.println(DiffText.of(summary));
    return summary;
  }

  private static DiffSummary asJson(Recording a, Recording b, Rules compared, PrintStream out)
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
