package io.tracestream.cli;

import io.tracestream.recording.RecordingCheck;
import io.tracestream.recording.RecordingException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = "Checks whether a recording is whole, and repairs it.",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy check [OPTIONS] FILE",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the recording is whole",
      "1:it is damaged, even if --repair wrote what is left of it",
      "2:wrong usage",
      "3:the file is missing or is not a recording"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ts-proxy check a.rec", "  ts-proxy check a.rec --repair whole.rec"})
final class CheckCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "Recording to check.")
  private Path file;

  @Option(
      names = "--repair",
      paramLabel = "OUT",
      converter = Values.FileName.class,
      description = "Write the whole entries to OUT, replacing an earlier recording there.")
  private Path out;

  @Mixin(name = "General:")
  private MaxPayloadOption maxPayload;

  @Mixin
  private LogOptions.Unused unused;

  @Override
  public Integer call() throws Exception {
    RecordingCheck check = check(maxPayload.bytes());
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

  /** What a check found: the verdict first, then each damaged line. */
  private static final class CheckText implements StandardOutput.Text {
    private final String file;
    private final RecordingCheck check;
    /** The repaired file; null without --repair. */
    private final String repaired;

    CheckText(Path file, RecordingCheck check, Path repaired) {
      this.file = VisibleText.line(file.toString());
      this.check = check;
      this.repaired = repaired == null ? null : VisibleText.line(repaired.toString());
    }

    @Override
    public void writeTo(Writer out) throws IOException {
      out.write(Units.format(
          "%s: %s, %d c2s and %d s2c\n", file, verdict(), check.c2sEntries(), check.s2cEntries()));
      for (RecordingException damage : check.damage()) {
        out.write(VisibleText.line(damage.getMessage()) + "\n");
      }
      long more = check.damagedLines() - check.damage().size();
      if (more > 0) {
        out.write(Units.format("and %s\n", Units.count(more, "more line", "more lines")));
      }
      writeNotes(out);
      if (repaired != null) {
        writeRepair(out);
      } else if (!check.isWhole() && check.entries() > 0) {
        out.write("to keep the whole entries: ts-proxy check " + file + " --repair OUT\n");
      }
    }

    private String verdict() {
      String entries = Units.count(check.entries(), "whole entry", "whole entries");
      if (check.isWhole()) {
        return "whole: " + Units.entries(check.entries());
      }
      if (check.damagedLines() == 0) {
        return "is not a recording: no entry";
      }
      if (!check.cutOff()) {
        return "damaged: " + Units.count(check.damagedLines(), "line", "lines") + "; " + entries;
      }
      long others = check.damagedLines() - 1;
      return others == 0
          ? "damaged: only the last line, which is cut off; " + entries
          : "damaged: the last line, which is cut off, and "
              + Units.count(others, "other line", "other lines") + "; " + entries;
    }

    private void writeNotes(Writer out) throws IOException {
      if (check.unendedLine() > 0) {
        out.write(Units.format(
            "%s:%d: note: no line end after the last entry: it is complete, or was cut off between"
                + " two bytes\n",
            file, check.unendedLine()));
      }
      if (check.earlierEntries() > 0) {
        out.write(Units.format(
            "%s:%d: note: time goes backwards here, %s in all; a replay takes that as no pause\n",
            file, check.firstEarlierLine(), Units.count(check.earlierEntries(), "time", "times")));
      }
    }

    private void writeRepair(Writer out) throws IOException {
      if (check.entries() == 0) {
        out.write(Units.format("%s: not written, as there is nothing to save\n", repaired));
        return;
      }
      String left = check.isWhole()
          ? ""
          : ", left out " + Units.count(check.damagedLines(), "damaged line", "damaged lines")
              + "; exit status is 1 because " + file + " is damaged";
      out.write(Units.format("%s: wrote %s%s\n", repaired, Units.entries(check.entries()), left));
    }
  }
}
