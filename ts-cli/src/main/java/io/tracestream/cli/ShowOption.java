package io.tracestream.cli;

import io.tracestream.recording.FrameObserver;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option to show frames as they pass, and what of their payloads. */
final class ShowOption {
  private enum Amount {
    BEGINNING,
    FULL
  }

  @Option(
      names = "--show",
      arity = "0..1",
      paramLabel = "full",
      fallbackValue = "",
      converter = ToAmount.class,
      description =
          "Print each frame on stdout as it passes: time, connection, direction, length and the"
              + " first bytes; with =full, the whole payload. Frames that nobody takes in time are"
              + " only counted.")
  private Amount amount;

  @Mixin
  private DecodeOptions decode;

  /** Null if no frame is shown. */
  private FrameShow show;

  private Decoders decoders;

  private static final class ToAmount implements ITypeConverter<Amount> {
    @Override
    public Amount convert(String value) {
      if (value.isEmpty()) {
        return Amount.BEGINNING;
      }
      if (value.equals("full")) {
        return Amount.FULL;
      }
      throw new TypeConversionException("found \"" + value + "\", expected full or nothing");
    }
  }

  boolean isGiven() {
    return amount != null;
  }

  /** Loads what was chosen. Call it once, before anything else of this. */
  void load() {
    decoders = decode.decoders();
    if (isGiven()) {
      show = new FrameShow(
          amount == Amount.FULL,
          decoders,
          Terminal.STDOUT.isTerminal(),
          Terminal.STDOUT.showsColours());
    }
  }

  /** The decoders that were chosen. */
  Decoders decoders() {
    return decoders;
  }

  /** What has to see the frames; null for nothing. */
  FrameObserver observer() {
    return show;
  }

  /** Begins to print frames, those that have passed already first. */
  void start() {
    if (show != null) {
      show.start();
    }
  }

  /**
   * Prints what has passed, so that other text can follow.
   *
   * @return false if frames could not be printed
   */
  boolean close() {
    return show == null || show.close();
  }

  /** Whether frames on the terminal would run into a status line there. */
  boolean fillsTerminal() {
    return isGiven() && Terminal.STDOUT.isTerminal();
  }
}
