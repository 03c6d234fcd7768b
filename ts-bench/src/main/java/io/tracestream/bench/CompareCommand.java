package io.tracestream.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "compare",
    description = "Measures ts-proxy beside other proxies, in one run on this machine.")
final class CompareCommand implements Callable<Integer> {
  private static final double QUICK = 0.2;

  @Option(names = "--full", description = "All of the work, five rounds, and the JMH set.")
  private boolean full;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds to take medians of (default: 3, with --full 5).")
  private Integer rounds;

  @Option(
      names = "--scale",
      paramLabel = "F",
      description = "Share of the work of --full (default: 0.2, with --full 1).")
  private Double scale;

  @Option(
      names = "--jobs",
      paramLabel = "JOB",
      split = ",",
      description = "These jobs only, with commas between them.")
  private List<String> jobNames;

  @Option(
      names = "--peers",
      paramLabel = "PEER",
      split = ",",
      description = "These peers only, with commas between them.")
  private List<String> peerNames;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The ts-proxy.jar to measure (default: the one of this build).")
  private Path jar;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this.")
  private boolean help;

  @Spec
  private CommandSpec spec;

  private final PrintStream out;
  private final PrintStream log;

  CompareCommand(PrintStream out, PrintStream log) {
    this.out = out;
    this.log = log;
  }

  /** Runs with these arguments; gives the exit status. */
  static int run(PrintStream out, PrintStream log, String... args) {
    return execute(new CompareCommand(out, log), log, args);
  }

  /** Has wrong usage of a command told in one line. */
  static int execute(Callable<Integer> command, PrintStream log, String... args) {
    CommandLine line = new CommandLine(command);
    String help = "; see " + line.getCommandName() + " --help";
    line.setParameterExceptionHandler((e, unused) -> {
      log.println("ts-bench: " + e.getMessage().replaceAll("\\s*\\R\\s*", " ") + help);
      return 2;
    });
    return line.execute(args);
  }

  @Override
  public Integer call() throws Exception {
    Comparison comparison = new Comparison(rounds(), log);
    Installed installed = new Installed();
    List<Job> selected = selected(new Jobs(new Proxies(jar(), installed), installed, scale()));
    installed.notes().forEach(line -> log.println("ts-bench: " + line));
    Report report = new Report();
    for (Job job : withPeers(selected)) {
      report.add(comparison.run(job));
    }
    out.println(Machine.text(installed.versions()));
    out.println();
    out.print(report.text());
    if (full && jobNames == null) {
      org.openjdk.jmh.Main.main(new String[0]);
    }
    return comparison.failed() ? 1 : 0;
  }

  private Path jar() {
    Path file = jar == null ? Program.builtJar() : jar;
    if (!Files.isReadable(file)) {
      throw wrong("--jar: found no file \"" + file + "\", expected a built ts-proxy.jar");
    }
    return file;
  }

  private double scale() {
    double share = scale != null ? scale : full ? 1 : QUICK;
    if (!(share > 0 && share <= 1)) {
      throw wrong("--scale: found " + share + ", expected a number above 0, up to 1");
    }
    return share;
  }

  private int rounds() {
    int count = rounds != null ? rounds : full ? 5 : 3;
    if (count < 1) {
      throw wrong("--rounds: found " + count + ", expected at least 1");
    }
    return count;
  }

  private List<Job> selected(Jobs jobs) throws InterruptedException {
    if (jobNames == null) {
      return jobs.make(jobs.names());
    }
    for (String name : jobNames) {
      if (!jobs.names().contains(name)) {
        throw wrong(
            "--jobs: found \"" + name + "\", expected some of " + String.join(",", jobs.names()));
      }
    }
    return jobs.make(jobNames);
  }

  private List<Job> withPeers(List<Job> jobs) {
    if (peerNames == null) {
      return jobs;
    }
    Set<String> there = jobs.stream()
        .flatMap(job -> job.entries().stream())
        .map(Job.Entry::peer)
        .collect(Collectors.toCollection(LinkedHashSet::new));
    for (String name : peerNames) {
      if (!there.contains(name)) {
        throw wrong("--peers: found \"" + name + "\", expected some of " + String.join(",", there));
      }
    }
    return jobs.stream().map(job -> job.withPeers(peerNames)).toList();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
