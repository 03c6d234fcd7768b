package io.tracestream.cli;

import io.tracestream.capture.CaptureImport;
import io.tracestream.capture.ImportSummary;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.RecordingDirectoryWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = "Turns the connections to one port in a network capture into recordings.",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy import CAPTURE --port PORT [OPTIONS] --out FILE|DIR",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all that the capture has of these connections was recorded",
      "1:something was lost, cut or left out, or nothing was recorded",
      "2:wrong usage",
      "3:the capture is missing or is not a capture, or OUT cannot be written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tcpdump -i any -s 0 -w a.pcap tcp port 9092",
      "  ts-proxy import a.pcap --port 9092 --framing kafka --out recordings/"
    })
final class ImportCommand implements Callable<Integer> {
  /** How many ports to name where the right one has no connection. */
  private static final int MOST_PORTS = 5;

  @Parameters(
      paramLabel = "CAPTURE",
      converter = Values.FileName.class,
      description = "pcap or pcapng file, also compressed with gzip.")
  private Path capture;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      required = true,
      converter = Port.class,
      description = "TCP port of the servers.")
  private int port;

  @Option(
      names = "--out",
      paramLabel = "FILE|DIR",
      required = true,
      description =
          "Where to record: a folder, with a file for each connection, if it exists as one, ends"
              + " with / or has no dot in its name; else a file for a single connection.")
  private String out;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private LogOptions.Unused unused;

  static final class Port extends Values.Range {
    private Port() {
      super(1, 65_535);
    }
  }

  @Override
  public Integer call() throws Exception {
    Path place = new Values.FileOrFolder().convert(out);
    FrameFormat format = frames.format();
    Framing named = frames.namesFraming() ? format.framing() : null;
    try (CaptureImport opened = open(format)) {
      ImportSummary summary = isFolder(place)
          ? toFolder(opened, place, named)
          : run(notes -> opened.toFile(place, named, notes));
      report(summary);
      return summary.isWhole() && summary.recorded() > 0 ? 0 : Failures.FAILED;
    }
  }

  static void checkNoFolder(Path capture) throws Failures.NotStarted {
    if (Files.isDirectory(capture)) {
      throw new Failures.NotStarted(capture + ": is a folder; name the files in it");
    }
  }

  private CaptureImport open(FrameFormat format) throws Failures.NotStarted {
    checkNoFolder(capture);
    try {
      return CaptureImport.open(capture, port, format);
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private boolean isFolder(Path place) {
    Path last = place.getFileName();
    return Files.isDirectory(place)
        || out.endsWith("/")
        || !Files.exists(place) && last != null && !last.toString().contains(".");
  }

  /** Reads the capture. */
  private interface Reading {
    ImportSummary read(Consumer<String> notes) throws IOException;
  }

  private static ImportSummary run(Reading reading) throws Failures.Failed {
    try {
      return reading.read(note -> Failures.say(VisibleText.line(note)));
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private ImportSummary toFolder(CaptureImport opened, Path place, Framing named)
      throws Failures.NotStarted, Failures.Failed {
    RecordingDirectoryWriter folder;
    try {
      folder = RecordingDirectoryWriter.open(
          RecordingDirectoryConfig.of(place).withFraming(named), Failures::say);
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
    try (folder) {
      return run(notes -> opened.toFolder(folder, notes));
    }
  }

  private void report(ImportSummary summary) throws IOException, Failures.Failed {
    if (summary.connections() == 0) {
      Failures.say(VisibleText.line(capture.toString()) + ": found no connection to port " + port
          + " in " + Units.count(summary.packets(), "packet", "packets") + ports(summary));
      return;
    }
    if (summary.recorded() == 0) {
      Failures.say("nothing was recorded"
          + (summary.empty() == summary.connections()
              ? ": no connection carried data"
              : "; ts-proxy detect " + VisibleText.line(capture.toString())
                  + " finds out how the messages are framed"));
    }
    StandardOutput.print(out -> out.write(text(summary) + "\n"));
  }

  private static String ports(ImportSummary summary) {
    String ports = summary.targetPorts().entrySet().stream()
        .sorted(Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_PORTS)
        .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
        .collect(Collectors.joining(", "));
    return ports.isEmpty()
        ? "; no connection begins in it"
        : "; connections begin to port " + ports;
  }

  private String text(ImportSummary summary) {
    return "imported " + summary.recorded() + " of "
        + Units.count(summary.connections(), "connection", "connections")
        + (summary.empty() == 0 ? "" : " (" + summary.empty() + " without data)") + ", "
        + frames(summary, Direction.C2S) + " and " + frames(summary, Direction.S2C) + " to "
        + VisibleText.line(out);
  }

  private static String frames(ImportSummary summary, Direction direction) {
    return Units.count(summary.frames(direction), "frame", "frames") + " " + direction + " ("
        + Units.bytes(summary.bytes(direction)) + ")";
  }
}
