package io.tracestream.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Starts the benchmark that the first argument names. */
public final class Main {
  private static final String USAGE = """
      usage: compare [--full] [--rounds N] [--scale F] [--jobs JOB,...] [--peers PEER,...] [--jar FILE]
             client_send [--count N] [--rounds N]
             jmh [ARGUMENTS]

      compare measures ts-proxy.jar beside other proxies, in one run on this machine: a fifth of the
      work (--scale 0.2) and three rounds, or with --full all of it and five rounds. --jobs and --peers
      choose; --jar is the ts-proxy.jar to measure, by default the one of this build.
      """;

  private Main() {}

  /**
   * Runs {@code compare [FLAGS]}, {@code client_send [--count N] [--rounds N]} or {@code jmh
   * [ARGUMENTS]}.
   *
   * @param args the benchmark's name and its own arguments
   * @throws IOException when JMH cannot run
   * @throws InterruptedException when a comparison is interrupted
   */
  public static void main(String... args) throws IOException, InterruptedException {
    String name = args.length == 0 ? "" : args[0];
    String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
    if (List.of(args).contains("--help") && !name.equals("jmh")) {
      System.out.print(USAGE);
    } else if (name.equals("jmh")) {
      org.openjdk.jmh.Main.main(rest);
    } else {
      int status = run(name, System.out, System.err, rest);
      if (status != 0) {
        System.exit(status);
      }
    }
  }

  /** Runs one of ours; gives the exit status. */
  static int run(String name, PrintStream out, PrintStream log, String... args)
      throws InterruptedException {
    try {
      switch (name) {
        case "compare" -> {
          return compare(out, log, args);
        }
        case "client_send" -> {
          Map<String, String> flags = flags(List.of("--count", "--rounds"), args);
          int count = (int) number(flags, "--count", 100_000, 1, Integer.MAX_VALUE);
          int rounds = (int) number(flags, "--rounds", 7, 1, Integer.MAX_VALUE);
          out.print(new ClientSend(count, rounds).run().text());
          return 0;
        }
        default ->
          throw new IllegalArgumentException(
              "command: found \"" + name + "\", expected compare, client_send or jmh; see --help");
      }
    } catch (IllegalArgumentException e) {
      log.println("ts-bench: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      log.println("ts-bench: " + e.getMessage());
      return 1;
    }
  }

  private static int compare(PrintStream out, PrintStream log, String... args)
      throws IOException, InterruptedException {
    Map<String, String> flags =
        flags(List.of("--rounds", "--scale", "--jobs", "--peers", "--jar"), args);
    boolean full = flags.containsKey("--full");
    int rounds = (int) number(flags, "--rounds", full ? 5 : 3, 1, Integer.MAX_VALUE);
    double scale = number(flags, "--scale", full ? 1 : 0.2, 1e-6, 1);
    Path jar = Path.of(flags.getOrDefault("--jar", module("ts-cli") + "/target/ts-proxy.jar"));
    require(Files.isReadable(jar), "--jar: there is no file " + jar + "; build it first");
    require(
        Files.isReadable(Path.of("/proc/net/tcp")), "compare: this needs Linux, as it reads /proc");
    List<String> versions = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    Map<String, Peer> peers = Peer.ours(jar);
    peers.putAll(Peer.others(versions, missing));
    if (Files.isExecutable(tokio())) {
      for (String way : List.of("tokio-single", "tokio-multi", "tokio-buffered")) {
        peers.put(way, new Peer(way, Peer.DIRECT.launch()));
      }
    } else {
      missing.add("the tokio peer of client_send");
    }
    missing.forEach(each -> log.println("ts-bench: left out, as it is not installed: " + each));
    List<Job> jobs = Job.all(jar, scale);
    List<String> jobNames =
        jobs.stream().map(job -> job.name().replaceAll("(idle).*", "$1")).toList();
    List<String> wantedJobs = chosen(flags, "--jobs", jobNames);
    List<String> wantedPeers = chosen(flags, "--peers", List.copyOf(peers.keySet()));
    Comparison comparison = new Comparison(rounds, log);
    for (int i = 0; i < jobs.size(); i++) {
      Job job = jobs.get(i);
      if (wantedJobs.contains(jobNames.get(i))) {
        comparison.run(
            job,
            job.peers().stream()
                .filter(wantedPeers::contains)
                .filter(peers::containsKey)
                .map(peers::get)
                .toList());
      }
    }
    out.print(comparison.text(versions));
    return comparison.failed() ? 1 : 0;
  }

  private static Map<String, String> flags(List<String> known, String... args) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i++) {
      boolean takesValue = known.contains(args[i]) && i + 1 < args.length;
      require(takesValue || args[i].equals("--full"), "found \"" + args[i] + "\"; see --help");
      flags.put(args[i], takesValue ? args[++i] : "");
    }
    return flags;
  }

  private static double number(
      Map<String, String> flags, String flag, double otherwise, double least, double most) {
    String text = flags.get(flag);
    if (text == null) {
      return otherwise;
    }
    try {
      double number = Double.parseDouble(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused as a number out of range is
    }
    throw new IllegalArgumentException(String.format(
        Locale.ROOT, "%s: found \"%s\", expected %s to %s", flag, text, text(least), text(most)));
  }

  private static String text(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static List<String> chosen(Map<String, String> flags, String flag, List<String> all) {
    if (!flags.containsKey(flag)) {
      return all;
    }
    List<String> names = List.of(flags.get(flag).split(","));
    for (String name : names) {
      require(
          all.contains(name),
          flag + ": found \"" + name + "\", expected some of " + String.join(",", all));
    }
    return names;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The peer of client_send in Rust, if it was built. */
  static Path tokio() {
    return module("ts-bench").resolve("target/client-send/release/client-send");
  }

  /** The limit of a recorder, in C, if it was built. */
  static Path limit() {
    return module("ts-bench").resolve("target/limit_recorder");
  }

  /** Another folder of this project; this module's classes or jar are in its target. */
  static Path module(String name) {
    Path self = Path.of(URI.create(
        Main.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    return self.getParent().getParent().resolveSibling(name);
  }
}
