package io.tracestream.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "replay",
    description = "Measures how quick recordings are played, and how late their pauses end.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  private static final List<Integer> PAYLOAD_LENGTHS = List.of(64, 1024, 10_240);
  private static final int REPLIES_PER_MIB = 3;

  @Option(
      names = "--mib",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Text of each recording, in MiB (default: ${DEFAULT-VALUE}).")
  private int mib;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds to take medians of (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The ts-proxy.jar to measure (default: the one of this build).")
  private Path jar;

  @Spec
  private CommandSpec spec;

  private final PrintStream out;
  private final PrintStream log;

  ReplayCommand(PrintStream out, PrintStream log) {
    this.out = out;
    this.log = log;
  }

  /** Runs with these arguments; gives the exit status. */
  static int run(PrintStream out, PrintStream log, String... args) {
    return CompareCommand.execute(new ReplayCommand(out, log), log, args);
  }

  @Override
  public Integer call() throws Exception {
    requireAtLeastOne("--mib", mib);
    requireAtLeastOne("--rounds", rounds);
    Path measured = jar == null ? Program.builtJar() : jar;
    if (!Files.isReadable(measured)) {
      throw wrong("--jar: found no file \"" + measured + "\", expected a built ts-proxy.jar");
    }
    Comparison comparison = new Comparison(rounds, log);
    ReplayReport report = new ReplayReport();
    for (int payloadLength : PAYLOAD_LENGTHS) {
      play(ReplayRecording.of(payloadLength, (long) mib << 20), measured, comparison, report);
    }
    try (Place place = Place.create(0, 1)) {
      Lateness lateness = Lateness.of(REPLIES_PER_MIB * mib);
      report.add(
          comparison.run(LatenessJob.create(measured, lateness, Path.of(place.recording()))));
    }
    out.println(Machine.text(List.of()));
    out.println();
    out.print(report.text());
    return comparison.failed() ? 1 : 0;
  }

  private static void play(
      ReplayRecording recording, Path jar, Comparison comparison, ReplayReport report)
      throws IOException, InterruptedException {
    try (Place place = Place.create(0, 1)) {
      ReplayJob job = ReplayJob.create(jar, recording, Path.of(place.recording()));
      report.add(job, comparison.run(job.job()));
    }
  }

  private void requireAtLeastOne(String flag, int found) {
    if (found < 1) {
      throw wrong(flag + ": found " + found + ", expected at least 1");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
