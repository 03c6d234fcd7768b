package io.tracestream.cli;

import io.tracestream.replay.Timing;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that say when recorded frames are sent. */
final class TimingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--timing",
      paramLabel = "original|none",
      defaultValue = "original",
      converter = ToTiming.class,
      description = "Keep the recorded pauses, or send at once. Default: ${DEFAULT-VALUE}.")
  private Timing timing;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      converter = ToSpeed.class,
      description = "Divide the recorded pauses by FACTOR: 2.0 is twice as fast.")
  private Double speed;

  @Option(
      names = "--max-gap",
      paramLabel = "TIME",
      converter = Values.Time.class,
      description = "Make no pause longer than TIME, such as 500ms.")
  private Duration maxGap;

  Timing timing() {
    requireOriginal("--speed", speed);
    requireOriginal("--max-gap", maxGap);
    Timing quicker = speed == null ? timing : timing.withSpeed(speed);
    return maxGap == null ? quicker : quicker.withMaxGap(maxGap);
  }

  private void requireOriginal(String flag, Object value) {
    if (value != null && timing.equals(Timing.NONE)) {
      throw new ParameterException(
          command.commandLine(),
          flag + " is only valid with --timing original: --timing none has no pauses");
    }
  }

  private static final class ToTiming extends Values.Either<Timing> {
    private ToTiming() {
      super("original", Timing.ORIGINAL, "none", Timing.NONE);
    }
  }

  static final class ToSpeed implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      if (value.matches("\\d{1,9}(\\.\\d{1,9})?") && Double.parseDouble(value) > 0) {
        return Double.valueOf(value);
      }
      throw new TypeConversionException(
          "found \"" + value + "\", expected a number above 0, such as 2.0");
    }
  }
}
