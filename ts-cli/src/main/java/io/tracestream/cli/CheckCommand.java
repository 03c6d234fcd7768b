package io.tracestream.cli;

import io.tracestream.recording.RecordingCheck;
import io.tracestream.recording.RecordingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = {
      "Says whether a recording is whole, and what is wrong with each damaged line.",
      "Ends with status 1 when it is damaged, also when what is whole was written to OUT."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", converter = ToFile.class, description = "The recording.")
  private Path file;

  @Option(
      names = "--repair",
      paramLabel = "OUT",
      converter = ToFile.class,
      description = "Write what is whole to this file, in the place of an earlier recording.")
  private Path out;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    RecordingCheck check = check(common.format().maxPayloadLength());
    StandardOutput.print(new CheckText(file, check, out));
    return check.isWhole() ? 0 : Failures.FAILED;
  }

  private RecordingCheck check(int maxPayloadLength) throws Exception {
    try {
      return out == null
          ? RecordingCheck.of(file, maxPayloadLength)
          : RecordingCheck.repair(file, maxPayloadLength, out);
    } catch (RecordingException e) {
      throw new Failures.NotStarted(e.getMessage());
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }
}
