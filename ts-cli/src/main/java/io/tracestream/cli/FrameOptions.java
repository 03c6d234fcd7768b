package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that describe frames, for commands that read or write them on a connection. */
final class FrameOptions {
  @Option(
      names = "--header-len",
      paramLabel = "N",
      defaultValue = "8",
      converter = HeaderLength.class,
      description = "Length of each frame's header in bytes, 1 to 16. Default: ${DEFAULT-VALUE}.")
  private int headerLength;

  @Mixin
  private MaxPayloadOption maxPayload;

  FrameFormat format() {
    return new FrameFormat(headerLength, maxPayload.bytes());
  }

  private static final class HeaderLength extends Values.Range {
    private HeaderLength() {
      super(1, 16);
    }
  }
}
