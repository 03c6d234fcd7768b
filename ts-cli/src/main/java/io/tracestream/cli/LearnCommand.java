package io.tracestream.cli;

import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.Learned;
import io.tracestream.compare.Learner;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "1:they do not, a recording is damaged, or the server could not be tried",
      "2:wrong usage",
      "3:a recording is missing or is not a recording"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy learn monday.rec tuesday.rec >a.rules",
      "  ts-proxy replay --listen 127.0.0.1:9000 --record monday.rec --rules a.rules",
      "  ts-proxy learn monday.rec tuesday.rec --target TEST-SERVER:9001"
    })
final class LearnCommand implements Callable<Integer> {
  private static final int MOST_REQUESTS = 1000;
  private static final Duration MOST_TIME = Duration.ofSeconds(60);

  @Parameters(
      arity = "0..*",
      hideParamSyntax = true,
      paramLabel = "A B [MORE...]",
      converter = Values.FileName.class,
      description = "Two recordings or more, or as many folders of recordings.")
  private List<Path> files = List.of();

  @Mixin(name = "Live server:")
  private Live live;

  /** The options that say whether and how to try a live server. */
  private static final class Live {
    @Option(
        names = "--target",
        paramLabel = "H:P",
        converter = HostPort.ToConnect.class,
        description =
            "Then play A to this server again and again, each time with other bytes in one field of"
                + " the requests, and report which of them it checks. Use a test server: it"
                + " executes these requests.")
    private HostPort target;

    @Option(
        names = "--max-requests",
        paramLabel = "N",
        converter = Values.FromOne.class,
        description = "Requests that it may get. Default: " + MOST_REQUESTS + ".")
    private Integer mostRequests;

    @Option(
        names = "--max-time",
        paramLabel = "TIME",
        converter = Values.PositiveTime.class,
        description = "How long that may take. Default: 60s.")
    private Duration mostTime;
  }

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private LogOptions.Unused unused;

  @Spec
  private CommandSpec command;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    if (files.size() < 2) {
      throw new ParameterException(
          command.commandLine(),
          "missing: " + (files.isEmpty() ? "A, B" : "B") + ", a recording of the same conversation"
              + (files.isEmpty() ? " each" : " as " + VisibleText.line(files.get(0) + "")));
    }
    requireTarget();
    List<List<Conversation>> runs = new ArrayList<>();
    for (Path file : files) {
      runs.add(conversations(file));
    }
    try {
      Learned learned = Learner.learn(runs, frames.format().longestPayload());
      ServerTrial trial = live.target == null ? null : trial(learned, runs.get(0));
      if (trial != null) {
        trial.run(runs.get(0));
      }
      List<String> names = files.stream().map(Path::toString).toList();
      StandardOutput.print(out -> out.write(new LearnText(names, learned, trial).text()));
      if (trial != null && !trial.isComplete()) {
        Failures.say("learn: " + trial.summary());
        return Failures.FAILED;
      }
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

  private void requireTarget() {
    for (String flag : List.of("--max-requests", "--max-time", "--header-len", "--framing")) {
      if (live.target == null && command.commandLine().getParseResult().hasMatchedOption(flag)) {
        throw new ParameterException(
            command.commandLine(),
            flag + " is only valid with --target: recordings have no headers"
                + " and are not sent anywhere");
      }
    }
  }

  private ServerTrial trial(Learned learned, List<Conversation> conversations)
      throws Failures.Failed, Failures.NotStarted {
    return new ServerTrial(
        live.target.resolved("--target"),
        live.target.toString(),
        frames.formatOf(conversations),
        learned.rules(),
        live.mostRequests == null ? MOST_REQUESTS : live.mostRequests,
        live.mostTime == null ? MOST_TIME : live.mostTime);
  }

  /** The conversations of a folder, or the one in a file; opens each, to notice wrong ones. */
  private List<Conversation> conversations(Path path) throws Failures.NotStarted {
    try {
      List<Conversation> conversations = Files.isDirectory(path)
          ? RecordingDirectory.open(path).conversations()
          : List.of(Conversation.of(path));
      for (Conversation conversation : conversations) {
        conversation.open(frames.format().longestPayload()).close();
      }
      return conversations;
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** Writes what was learned as a file of rules, with everything else in comments. */
  private static final class LearnText {
    /** So much of all payloads is not open by good rules, in percent. */
    private static final double MUCH = 90;

    private final List<String> names;
    private final Learned learned;
    /** Null if no server was asked. */
    private final ServerTrial trial;

    private final StringBuilder text = new StringBuilder();

    private LearnText(List<String> names, Learned learned, ServerTrial trial) {
      this.names = names;
      this.learned = learned;
      this.trial = trial;
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
      if (names.size() == 2 && learned.isCompared()) {
        comment("Learned from " + names.get(0) + " (" + summary.entriesOfA() + " entries) and "
            + names.get(1) + " (" + summary.entriesOfB() + " entries).");
      } else {
        comment("Learned from " + String.join(", ", names) + ".");
      }
      if (!learned.isWhole()) {
        comment("They are long: the rules come from the first " + learned.entriesLookedAt()
            + " entries; "
            + (learned.isCompared() ? "all others were" : "of the others, some were")
            + " compared under these rules.");
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
      if (trial != null) {
        fields(finding.rule()).map(trial::remark).filter(Objects::nonNull).forEach(this::comment);
      }
      text.append(finding.rule());
    }

    private static Stream<Field> fields(Rules rule) {
      return Stream.concat(
          rule.ignored().stream(),
          rule.copied().stream().flatMap(copy -> Stream.of(copy.from(), copy.to())));
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
          + summary.removed() + " removed"
          + (learned.isCompared() ? "." : "; the comparison ended here."));
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
      if (trial != null) {
        text.append('\n');
        comment(trial.summary() + ".");
      }
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
      if (percent > MUCH) {
        comment("Hardly anything is compared: are these recordings of the same conversation?");
      }
    }

    private void comment(String line) {
      text.append("# ").append(VisibleText.line(line)).append('\n');
    }
  }
}
