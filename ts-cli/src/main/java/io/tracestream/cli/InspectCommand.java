package io.tracestream.cli;

import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Shows what recordings hold: one screen, or a line for each entry.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      converter = ToFile.class,
      description = "The recording, or a folder.")
  private Path file;

  @Option(
      names = "--entries",
      description = "A line for each entry: its number, its line in FILE, when it came, which way,"
          + " how long it is and how it begins.")
  private boolean entries;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Exception {
    return Files.isDirectory(file) ? inspectAll() : inspectOne();
  }

  private int inspectAll() throws Failures.NotStarted, Failures.Failed {
    DirectoryPage page;
    try {
      page = new DirectoryPage(
          RecordingDirectory.open(file), entries, common.format().maxPayloadLength());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
    try {
      StandardOutput.print(page);
      return page.isDamaged() ? Failures.FAILED : 0;
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private int inspectOne() throws Failures.NotStarted, Failures.Failed {
    try (Recording recording = open();
        RecordingReader reader = recording.reader()) {
      StandardOutput.print(entries ? new EntryList(reader) : out -> printSummary(reader, out));
      return 0;
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private Recording open() throws Failures.NotStarted {
    try {
      return Recording.openEvenIfDamaged(file, common.format().maxPayloadLength());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private void printSummary(RecordingReader reader, Writer out) throws IOException {
    RecordingSummary summary = new RecordingSummary();
    try {
      summary.addAll(reader);
    } catch (RecordingException e) {
      new SummaryPage(file + " before the damage in line " + e.line(), summary).writeTo(out);
      throw e;
    }
    if (summary.entries() == 0) {
      out.write(VisibleText.line(file.toString()) + ": is not a recording: no entry\n");
      return;
    }
    new SummaryPage(file.toString(), summary).writeTo(out);
  }
}
