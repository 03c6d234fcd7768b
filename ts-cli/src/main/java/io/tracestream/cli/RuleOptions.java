package io.tracestream.cli;

import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Frames;
import io.tracestream.rules.Rules;
import io.tracestream.rules.RulesException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that say what may differ. */
final class RuleOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--ignore",
      paramLabel = "FIELD",
      converter = ToField.class,
      description =
          "Do not compare these bytes: c2s:4+2 is two bytes at offset 4 of each c2s payload,"
              + " s2c:-8+4 counts from the end, 'c2s[0=0003]:4+2' is only in payloads that begin with"
              + " 00 03. Repeatable.")
  private List<Field> ignored = new ArrayList<>();

  @Option(
      names = "--copy",
      paramLabel = "FIELD->FIELD",
      converter = ToCopy.class,
      description =
          "Copy a live value: with 'c2s:4+4->s2c:0+4' the first four bytes of a reply are those"
              + " at offset 4 of its request. Both fields may have conditions, too. Repeatable.")
  private List<Copy> copied = new ArrayList<>();

  @Option(
      names = "--length",
      paramLabel = "FIELD",
      converter = ToLength.class,
      description =
          "Change a number as much as the bytes after it that it counts get longer or shorter:"
              + " c2s:2+u16 is in two bytes at offset 2. Repeatable.")
  private List<Field> lengths = new ArrayList<>();

  @Option(
      names = "--allow",
      paramLabel = "FRAMES",
      converter = ToFrames.class,
      description = "Let such frames come at any time, or not at all: s2c[len=0] is every empty s2c"
          + " frame, 'c2s[0=0003]' is every c2s frame that begins with 00 03. Repeatable.")
  private List<Frames> allowed = new ArrayList<>();

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description =
          "Read rules from FILE, one per line: ignore FIELD, copy FIELD->FIELD, length FIELD"
              + " or allow FRAMES. Repeatable.")
  private List<Path> files = new ArrayList<>();

  /**
   * All the rules that were given.
   *
   * @throws ParameterException when a file does not hold rules
   */
  Rules rules() {
    Rules rules = Rules.NONE;
    for (Field field : ignored) {
      rules = rules.ignoring(field);
    }
    for (Copy copy : copied) {
      rules = rules.copying(copy);
    }
    for (Field field : lengths) {
      rules = rules.following(field);
    }
    for (Frames frames : allowed) {
      rules = rules.allowing(frames);
    }
    return rules.plus(read(files, command));
  }

  /**
   * The same for a command that sends nothing, or without faults.
   *
   * @throws ParameterException when there are faults
   */
  Rules rulesWithoutFaults() {
    Rules rules = rules();
    if (!rules.faults().isEmpty()) {
      throw new ParameterException(
          command.commandLine(),
          "--rules: \"fault " + rules.faults().get(0) + "\" has no meaning for "
              + command.commandLine().getCommandName() + ", which injects no faults");
    }
    return rules;
  }

  /**
   * Reads rules from files.
   *
   * @throws ParameterException when a file does not hold rules
   */
  static Rules read(List<Path> files, CommandSpec command) {
    Rules rules = Rules.NONE;
    for (Path file : files) {
      try {
        rules = rules.plus(Rules.read(file));
      } catch (RulesException e) {
        throw new ParameterException(command.commandLine(), e.getMessage(), e);
      }
    }
    return rules;
  }

  /** What the rules' own parsers read; they say what is wrong. */
  abstract static class Parsed<T> implements ITypeConverter<T> {
    private final Function<String, T> parser;

    Parsed(Function<String, T> parser) {
      this.parser = parser;
    }

    @Override
    public T convert(String value) {
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ToField extends Parsed<Field> {
    private ToField() {
      super(Field::parse);
    }
  }

  private static final class ToLength extends Parsed<Field> {
    private ToLength() {
      super(Field::parseLength);
    }
  }

  private static final class ToFrames extends Parsed<Frames> {
    private ToFrames() {
      super(Frames::parse);
    }
  }

  private static final class ToCopy extends Parsed<Copy> {
    private ToCopy() {
      super(Copy::parse);
    }

    @Override
    public Copy convert(String value) {
      if (value.endsWith("-")) {
        throw new TypeConversionException("found \"" + value + "\", which the shell cut at the >;"
            + " put quotes around it: --copy 'c2s:4+4->s2c:0+4'");
      }
      return super.convert(value);
    }
  }
}
