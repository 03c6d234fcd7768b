package io.tracestream.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say how much to log. */
final class LogOptions {
  @ArgGroup(exclusive = true)
  private Loudness loudness = new Loudness();

  private static final class Loudness {
    @Option(
        names = {"-v", "--verbose"},
        description = "Log each connection.")
    private boolean verbose;

    @Option(
        names = {"-q", "--quiet"},
        description = "Log warnings and errors only.")
    private boolean quiet;
  }

  /**
   * The same options for commands that log nothing: taken everywhere, offered only where useful.
   */
  static final class Unused {
    @Option(
        names = {"-v", "--verbose", "-q", "--quiet"},
        hidden = true)
    private boolean unused;
  }

  /** Sets the level of the log. Call it before the first logger is made. */
  void apply() {
    String level = loudness.verbose ? "debug" : loudness.quiet ? "warn" : "info";
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
  }

  boolean quiet() {
    return loudness.quiet;
  }
}
