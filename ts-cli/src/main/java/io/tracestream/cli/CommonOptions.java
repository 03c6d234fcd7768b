package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that all commands have. */
final class CommonOptions {
  @Option(
      names = "--header-len",
      paramLabel = "N",
      defaultValue = "8",
      converter = HeaderLength.class,
      description = "Bytes of each frame's header, 1 to 16 (default: ${DEFAULT-VALUE}).")
  private int headerLength;

  @Option(
      names = "--max-payload-len",
      paramLabel = "BYTES",
      defaultValue = "16777216",
      converter = PayloadLength.class,
      description = "The longest payload to let through (default: ${DEFAULT-VALUE}, 16 MiB).")
  private int maxPayloadLength;

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

  FrameFormat format() {
    return new FrameFormat(headerLength, maxPayloadLength);
  }

  /** Sets the level of the log; to be called before the first logger is made. */
  void applyLoudness() {
    String level = loudness.verbose ? "debug" : loudness.quiet ? "warn" : "info";
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
  }

  private static final class HeaderLength extends Values.Range {
    private HeaderLength() {
      super(1, 16);
    }
  }

  private static final class PayloadLength extends Values.Range {
    private PayloadLength() {
      super(0, FrameFormat.LARGEST_PAYLOAD);
    }
  }
}
