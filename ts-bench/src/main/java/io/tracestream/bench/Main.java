package io.tracestream.bench;

import java.io.IOException;
import java.util.Arrays;

/** Starts the benchmark that the first argument names. */
public final class Main {
  private Main() {}

  /**
   * Runs {@code compare [FLAGS]}, {@code replay [FLAGS]}, {@code client_send [--count N] [--rounds
   * N]} or {@code jmh [ARGUMENTS]}.
   *
   * @param args the benchmark's name and its own arguments
   * @throws IOException when JMH cannot run
   */
  public static void main(String... args) throws IOException {
    String name = args.length == 0 ? "" : args[0];
    String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
    switch (name) {
      case "compare" -> exit(CompareCommand.run(System.out, System.err, rest));
      case "replay" -> exit(ReplayCommand.run(System.out, System.err, rest));
      case "client_send" -> exit(clientSend(rest));
      case "jmh" -> org.openjdk.jmh.Main.main(rest);
      default ->
        exit(
            wrongUsage(
                "command: found \"" + name
                    + "\", expected compare [FLAGS], replay [FLAGS], client_send [--count N] [--rounds N] or jmh [ARGUMENTS]"));
    }
  }

  static int clientSend(String... args) {
    ClientSend benchmark;
    try {
      benchmark = ClientSend.parse(args);
    } catch (IllegalArgumentException e) {
      return wrongUsage(e.getMessage());
    }
    try {
      System.out.print(benchmark.run().text());
      return 0;
    } catch (IOException e) {
      System.err.println("ts-bench: " + e.getMessage());
      return 1;
    }
  }

  private static int wrongUsage(String message) {
    System.err.println("ts-bench: " + message);
    return 2;
  }

  private static void exit(int status) {
    if (status != 0) {
      System.exit(status);
    }
  }
}
