package io.tracestream.cli;

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
      "Compares two recordings of the same conversation, made at",
      "different times, and writes a file of rules for --rules:",
      "what varies, how sure that is, and what it cannot explain."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the rules explain all that differs",
      "1:they do not, or a recording is damaged",
      "2:wrong usage",
      "3:a recording is missing, or is none"
    })
final class LearnCommand implements Callable<Integer> {
  @Mixin
  private TwoRecordings recordings;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    common.applyLoudness();
    Learned learned = recordings.compare(common.format().maxPayloadLength(), LearnCommand::learn);
    return learned.summary().isSame() ? 0 : Failures.FAILED;
  }

  private static Learned learn(Recording a, Recording b) throws IOException, Failures.Failed {
    Learned learned = Learner.learn(a, b);
    StandardOutput.print(out -> out.write(LearnText.of(a.toString(), b.toString(), learned)));
    return learned;
  }
}
