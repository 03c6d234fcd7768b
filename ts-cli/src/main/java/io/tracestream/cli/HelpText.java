package io.tracestream.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * How help looks: as wide as the terminal, with the options in sections. A section is a mixin whose
 * name is a heading, such as {@code @Mixin(name = "Frames:")}; all other options come first.
 */
final class HelpText {
  private static final int LEAST_WIDTH = 55; // picocli refuses less
  private static final int LONGEST_OPTION = 25;
  /** Where the descriptions of options begin. */
  private static final int COLUMN = 32;
  /** Where those of commands begin. */
  private static final int COMMAND_COLUMN = 17;

  /** What picocli calls the mixin with {@code --help} and {@code --version}. */
  private static final String HELP_MIXIN = "mixinStandardHelpOptions";

  private static final String LAST_SECTION = "General:";

  private HelpText() {}

  static void apply(CommandLine line) {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9]\\d{1,3}")) {
      line.setUsageHelpWidth(Math.max(LEAST_WIDTH, Integer.parseInt(columns)));
    } else {
      line.setUsageHelpAutoWidth(Terminal.STDOUT.isTerminal());
    }
    line.setUsageHelpLongOptionsMaxWidth(LONGEST_OPTION);
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpText::commands);
    line.getSubcommands().forEach((name, command) -> {
      if (!name.equals("help")) {
        UsageMessageSpec message = command.getCommandSpec().usageMessage();
        message.sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpText::options);
      }
    });
    UsageMessageSpec help = line.getSubcommands().get("help").getCommandSpec().usageMessage();
    help.synopsisHeading("Usage: ")
        .header(new String[0])
        .description("Shows the help of a command, or without one, the list of commands.")
        .descriptionHeading("%n")
        .customSynopsis("ts-proxy help [COMMAND]")
        .parameterListHeading("%n")
        .footerHeading("%nExamples:%n")
        .footer("  ts-proxy help proxy");
  }

  private static String options(Help help) {
    CommandSpec command = help.commandSpec();
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    List<OptionSpec> others = new ArrayList<>(command.options());
    addSections(command, sections, others);
    List<OptionSpec> last = sections.remove(LAST_SECTION);
    if (last != null) {
      sections.put(LAST_SECTION, last);
    }
    StringBuilder text = new StringBuilder(options(help, others));
    boolean isFirst = text.isEmpty() && command.positionalParameters().isEmpty();
    for (Map.Entry<String, List<OptionSpec>> section : sections.entrySet()) {
      text.append(isFirst ? "" : "\n").append(section.getKey()).append('\n');
      text.append(options(help, section.getValue()));
      isFirst = false;
    }
    return text.toString();
  }

  /** Each command under its own name only, with the first sentence of its help. */
  private static String commands(Help help) {
    StringBuilder text = new StringBuilder();
    help.subcommands().forEach((name, command) -> {
      String plain = command.commandSpec().name();
      text.append("  ")
          .append(help.colorScheme().commandText(plain))
          .append(" ".repeat(COMMAND_COLUMN - 2 - plain.length()));
      wrap(
          command.commandSpec().usageMessage().description()[0],
          COMMAND_COLUMN,
          help.commandSpec().usageMessage().width(),
          text);
    });
    return text.toString();
  }

  /** Moves the options of sections, which may be nested, from {@code others} to their section. */
  private static void addSections(
      CommandSpec spec, Map<String, List<OptionSpec>> sections, List<OptionSpec> others) {
    spec.mixins().forEach((name, mixin) -> {
      String heading = name.equals(HELP_MIXIN) ? LAST_SECTION : name;
      if (heading.endsWith(":")) {
        List<OptionSpec> section = sections.computeIfAbsent(heading, key -> new ArrayList<>());
        mixin.options().stream().filter(others::remove).forEach(section::add);
      } else {
        addSections(mixin, sections, others);
      }
    });
  }

  private static String options(Help help, List<OptionSpec> options) {
    StringBuilder text = new StringBuilder();
    for (OptionSpec option : options) {
      if (!option.hidden()) {
        String names = option.names().length == 1 ? "    " : option.shortestName() + ", ";
        names += option.longestName() + value(option);
        int left = COLUMN - 2 - names.length();
        text.append("  ")
            .append(help.colorScheme().optionText(names))
            .append(left > 0 ? " ".repeat(left) : "\n" + " ".repeat(COLUMN));
        wrap(
            String.join(" ", option.description()),
            COLUMN,
            help.commandSpec().usageMessage().width(),
            text);
      }
    }
    return text.toString();
  }

  private static String value(OptionSpec option) {
    String value = "=" + option.paramLabel();
    return option.arity().max() == 0 ? "" : option.arity().min() == 0 ? "[" + value + "]" : value;
  }

  /**
   * Adds a description to a line that has reached its column. Lines break at blanks only, which
   * keeps fields such as s2c:-8+4 and names of files whole; picocli breaks inside them.
   */
  private static void wrap(String description, int column, int width, StringBuilder text) {
    int at = column;
    String separator = "";
    for (String word : description.split(" ")) {
      if (at + separator.length() + word.length() >= width) {
        text.append('\n').append(" ".repeat(column + 2));
        at = column + 2;
        separator = "";
      }
      text.append(separator).append(word);
      at += separator.length() + word.length();
      separator = " ";
    }
    text.append('\n');
  }
}
