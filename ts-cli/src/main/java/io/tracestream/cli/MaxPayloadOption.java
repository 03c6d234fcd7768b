package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import picocli.CommandLine.Option;

/** The option that limits payloads, for every command that reads recordings or frames. */
final class MaxPayloadOption {
  @Option(
      names = "--max-payload-len",
      paramLabel = "BYTES",
      defaultValue = "16777216",
      converter = PayloadLength.class,
      description = "Longest payload to accept. Default: ${DEFAULT-VALUE} (16 MiB).")
  private int bytes;

  int bytes() {
    return bytes;
  }

  private static final class PayloadLength extends Values.Range {
    private PayloadLength() {
      super(0, FrameFormat.LARGEST_PAYLOAD);
    }
  }
}
