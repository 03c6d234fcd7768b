package io.tracestream.cli;

import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.Learned;
import io.tracestream.compare.Learner;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "learn",
    description = {
      "Finds rules for what varies between recordings.",
      "",
      "Compares two or more recordings of the same conversation, made at different times, and"
          + " prints a file for --rules: what varies, how sure that is, and what it cannot explain."
    },
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy learn [OPTIONS] A B [MORE...]",
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
  @Parameters(
      index = "0..*",
      arity = "2..*",
      paramLabel = "RECORDING",
      converter = Values.FileName.class,
      description = "Two recordings or more, or as many folders of recordings.")
  private List<Path> files;

  @Mixin
  private MaxPayloadOption maxPayload;

  @Mixin
  private LogOptions.Unused log;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    List<List<Conversation>> runs = new ArrayList<>();
    for (Path file : files) {
      runs.add(conversations(file));
    }
    try {
      Learned learned = Learner.learn(runs, maxPayload.bytes());
      List<String> names = files.stream().map(Path::toString).toList();
      StandardOutput.print(out -> out.write(new LearnText(names, learned).text()));
      return learned.explainsAll() ? 0 : Failures.FAILED;
    } catch (UncheckedIOException e) {
      throw new Failures.Failed(Failures.reason(e.getCause()));
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    } catch (OutOfMemoryError e) {
      throw new Failures.Failed("learn: " + Runtime.getRuntime().maxMemory() / (1024 * 1024)
          + " MiB of memory are not enough for these recordings; give Java more, such as"
          + " JAVA_TOOL_OPTIONS=-Xmx1g, or learn from shorter recordings");
    }
  }

  /** The conversations of a folder, or the one in a file; opens each, to notice wrong ones. */
  private List<Conversation> conversations(Path path) throws Failures.NotStarted {
    try {
      List<Conversation> conversations = Files.isDirectory(path)
          ? RecordingDirectory.open(path).conversations()
          : List.of(Conversation.of(path));
      for (Conversation conversation : conversations) {
        conversation.open(maxPayload.bytes()).close();
      }
      return conversations;
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** Writes what was learned as a file of rules, with everything else in comments. */
  private static final class LearnText {
    private final List<String> names;
    private final Learned learned;
    private final StringBuilder text = new StringBuilder();

    private LearnText(List<String> names, Learned learned) {
      this.names = names;
      this.learned = learned;
      head();
      learned.findings().forEach(this::finding);
      rest();
      end();
    }

    String text() {
      return text.toString();
    }

    private void head() {
      DiffSummary summary = learned.summary();
      if (names.size() == 2) {
        comment("Learned from " + names.get(0) + " (" + summary.entriesOfA() + " entries) and "
            + names.get(1) + " (" + summary.entriesOfB() + " entries).");
      } else {
        comment("Learned from " + String.join(", ", names) + ".");
      }
      if (!learned.isWhole()) {
        comment("They are long: the rules come from the first " + learned.entriesLookedAt()
            + " entries; all others were compared under these rules.");
      }
      if (learned.findings().isEmpty() && learned.explainsAll()) {
        comment("Nothing differs: no rules are needed.");
      }
    }

    private void finding(Learned.Finding finding) {
      text.append('\n');
      comment(finding.support() + " of " + finding.of() + finding.reason());
      if (finding.others() > 0) {
        comment("it also applies to " + finding.others()
            + (finding.others() == 1 ? " entry that does" : " entries that do")
            + " not differ here; nothing tells them apart");
      }
      text.append(finding.rule());
    }

    private void rest() {
      DiffSummary summary = learned.summary();
      learned.notes().forEach(note -> {
        text.append('\n');
        comment(note);
      });
      if (summary.isSame()) {
        return;
      }
      text.append('\n');
      comment("Not explained: " + summary.changed() + " changed, " + summary.added() + " added, "
          + summary.removed() + " removed.");
      for (Learned.Unexplained one : learned.unexplained()) {
        comment(DiffText.line(one.a(), one.b(), one.change()));
      }
      long shown = learned.unexplained().size();
      long all = summary.changed() + summary.added() + summary.removed();
      if (shown < all) {
        comment(
            "... and " + (all - shown) + " more; ts-proxy diff with these rules shows them all");
      }
    }

    /** How much is open, in one line. */
    private void end() {
      int rules = learned.findings().size();
      DiffSummary summary = learned.summary();
      if (rules == 0 && learned.explainsAll()) {
        return;
      }
      double percent = learned.bytes() == 0 ? 0 : 100.0 * learned.openBytes() / learned.bytes();
      text.append('\n');
      comment((rules == 1 ? "1 rule" : rules + " rules") + "; " + learned.openBytes() + " of "
          + learned.bytes() + " bytes are open ("
          + String.format(Locale.ROOT, "%.1f", percent) + " %); "
          + (learned.explainsAll()
              ? "everything that differs is explained."
              : "what they do not explain is listed above."));
    }

    private void comment(String line) {
      text.append("# ").append(VisibleText.line(line)).append('\n');
    }
  }
}
