package io.tracestream.cli;

import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.Learned;
import io.tracestream.compare.Learner;
import io.tracestream.recording.Recording;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "learn",
    description = {
      "Finds rules for what varies between two recordings.",
      "",
      "Compares two recordings of the same conversation, made at different times, and prints a"
          + " file for --rules: what varies, how sure that is, and what it cannot explain."
    },
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy learn [OPTIONS] A B",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the rules explain all that differs",
      "1:they do not, or a recording is damaged",
      "2:wrong usage",
      "3:a recording is missing or is not a recording"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy learn monday.rec tuesday.rec >a.rules",
      "  ts-proxy replay --listen 127.0.0.1:9000 --record monday.rec --rules a.rules"
    })
final class LearnCommand implements Callable<Integer> {
  @Mixin
  private TwoRecordings recordings;

  @Mixin
  private MaxPayloadOption maxPayload;

  @Mixin
  private LogOptions.Unused log;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    Learned learned = recordings.compare(maxPayload.bytes(), LearnCommand::learn);
    return learned.summary().isSame() ? 0 : Failures.FAILED;
  }

  private static Learned learn(Recording a, Recording b) throws IOException, Failures.Failed {
    Learned learned = Learner.learn(a, b);
    StandardOutput.print(out -> out.write(LearnText.of(a.toString(), b.toString(), learned)));
    return learned;
  }

  /** Writes what was learned as a file of rules, with everything else in comments. */
  private static final class LearnText {
    private final String nameOfA;
    private final String nameOfB;
    private final Learned learned;
    private final StringBuilder text = new StringBuilder();

    private LearnText(String nameOfA, String nameOfB, Learned learned) {
      this.nameOfA = nameOfA;
      this.nameOfB = nameOfB;
      this.learned = learned;
    }

    static String of(String nameOfA, String nameOfB, Learned learned) {
      LearnText text = new LearnText(nameOfA, nameOfB, learned);
      text.head();
      learned.findings().forEach(text::finding);
      text.rest();
      return text.text.toString();
    }

    private void head() {
      DiffSummary summary = learned.summary();
      comment("Learned from " + nameOfA + " (" + summary.entriesOfA() + " entries) and " + nameOfB
          + " (" + summary.entriesOfB() + " entries).");
      if (!learned.isWhole()) {
        comment("They are long: the rules come from the first " + learned.entriesLookedAt()
            + " entries.");
      }
      if (learned.findings().isEmpty() && summary.isSame()) {
        comment("Nothing differs: no rules are needed.");
      }
    }

    private void finding(Learned.Finding finding) {
      text.append('\n');
      comment(finding.support() + " of " + finding.of() + " " + finding.reason());
      if (finding.others() > 0) {
        comment("it leaves these bytes open in " + finding.others()
            + (finding.others() == 1 ? " further entry," : " further entries,")
            + " without evidence for it there");
      }
      text.append(finding.rule());
    }

    private void rest() {
      DiffSummary summary = learned.summary();
      if (summary.isSame()) {
        return;
      }
      text.append('\n');
      comment("Not explained: " + summary.changed() + " changed, " + summary.added() + " added, "
          + summary.removed() + " removed.");
      for (Change change : learned.unexplained()) {
        comment(DiffText.line(nameOfA, nameOfB, change));
      }
      long shown = learned.unexplained().size();
      long all = summary.changed() + summary.added() + summary.removed();
      if (shown < all) {
        comment(
            "... and " + (all - shown) + " more; ts-proxy diff with these rules shows them all");
      }
    }

    private void comment(String line) {
      text.append("# ").append(VisibleText.line(line)).append('\n');
    }
  }
}
