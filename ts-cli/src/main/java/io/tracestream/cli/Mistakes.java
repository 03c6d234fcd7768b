package io.tracestream.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports wrong usage in one line on stderr, with status 2. */
final class Mistakes {
  private static final Pattern INVALID_VALUE = Pattern.compile(
      "Invalid value for (?:option '([^']+)'(?: \\([^)]*\\))?|positional parameter at index \\d+"
          + " \\(([^)]+)\\)): (.*)",
      Pattern.DOTALL);

  /** What picocli says, and how we say it. */
  private static final Map<Pattern, String> WORDS = new LinkedHashMap<>();

  static {
    words("Missing required (?:options?|parameters?): (.*)", "missing: $1");
    words(
        "Missing required argument \\(specify one of these\\): \\((.*) \\| (.*)\\)",
        "missing: $1 or $2");
    words("Missing required parameter for option '(.*)' \\((.*)\\)", "$1: missing its value, $2");
    words(
        "Expected parameter for option '(.*)' but found '(.*)'",
        "$1: missing its value; found the option $2");
    words(
        "option '(.*?)'.* should be specified only once",
        "$1 was given more than once; give it once");
    words(
        "([^=]*)(?:=\\S*)?, ([^=]*)(?:=\\S*)? are mutually exclusive \\(specify only one\\)",
        "$1 and $2 cannot be combined");
  }

  private static void words(String theirs, String ours) {
    WORDS.put(Pattern.compile(theirs, Pattern.DOTALL), ours);
  }

  private Mistakes() {}

  /** Makes a command line report the mistake that explains most, instead of the first one. */
  static void report(CommandLine line) {
    collectErrors(line);
    line.setExecutionStrategy(Mistakes::run);
    line.setParameterExceptionHandler((mistake, args) -> say(mistake));
  }

  private static void collectErrors(CommandLine line) {
    line.getCommandSpec().parser().collectErrors(true);
    line.getSubcommands().values().forEach(Mistakes::collectErrors);
  }

  private static int run(ParseResult parsed) {
    boolean help = false;
    ParameterException first = null;
    for (ParseResult part = parsed; part != null; part = part.subcommand()) {
      help |= part.isUsageHelpRequested() || part.isVersionHelpRequested();
      for (Exception error : part.errors()) {
        // An option that is missing may be the one that was misspelled.
        if (first == null
            || error instanceof UnmatchedArgumentException
                && !(first instanceof UnmatchedArgumentException)) {
          first = (ParameterException) error;
        }
      }
    }
    if (first != null && !help) {
      throw first;
    }
    return new RunLast().execute(parsed);
  }

  private static int say(ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    Failures.say(
        text(mistake) + "; see " + command.getCommandSpec().qualifiedName(" ") + " --help");
    return Failures.WRONG_USAGE;
  }

  private static String text(ParameterException mistake) {
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched);
    }
    String message = mistake.getMessage().replaceFirst("^Error: ", "");
    if (message.startsWith("Unknown subcommand")) { // of the command help
      CommandLine command = mistake.getCommandLine();
      String typed = message.replaceFirst(".*?'(.*)'.*", "$1");
      CommandLine main = command.getParent() == null ? command : command.getParent();
      return unknown("unknown command", typed, List.copyOf(main.getSubcommands().keySet()));
    }
    Matcher invalid = INVALID_VALUE.matcher(message);
    if (invalid.matches()) {
      String subject = invalid.group(1) == null ? invalid.group(2) : invalid.group(1);
      return subject + ": "
          + invalid.group(3).replaceFirst("'.*' is not a boolean", "takes no value");
    }
    for (Map.Entry<Pattern, String> words : WORDS.entrySet()) {
      Matcher matcher = words.getKey().matcher(message);
      if (matcher.matches()) {
        String text = matcher.replaceFirst(words.getValue());
        return text.startsWith("missing: ") ? text.replace("'", "").replace('=', ' ') : text;
      }
    }
    return Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private static String unknown(UnmatchedArgumentException mistake) {
    String argument = mistake.getUnmatched().get(0);
    String kind = mistake.isUnknownOption()
        ? "unknown option"
        : mistake.getCommandLine().getParent() == null ? "unknown command" : "unexpected argument";
    return unknown(kind, argument, mistake.getSuggestions());
  }

  private static String unknown(String kind, String argument, List<String> names) {
    List<String> near = names.stream()
        .filter(name -> isNear(name, argument.replaceFirst("=.*", "")))
        .toList();
    return kind + " \"" + argument + "\""
        + (near.isEmpty() ? "" : " (did you mean " + String.join(" or ", near) + "?)");
  }

  /** Whether at most about a third of the letters is different. */
  static boolean isNear(String name, String typed) {
    int[] row = new int[typed.length() + 1];
    for (int i = 0; i <= name.length(); i++) {
      int diagonal = i;
      for (int j = 0; j <= typed.length(); j++) {
        int above = row[j];
        if (i == 0) {
          row[j] = j;
        } else if (j == 0) {
          row[j] = i;
        } else {
          int same = diagonal + (name.charAt(i - 1) == typed.charAt(j - 1) ? 0 : 1);
          row[j] = Math.min(same, 1 + Math.min(above, row[j - 1]));
        }
        diagonal = above;
      }
    }
    return row[typed.length()] <= (name.replace("-", "").length() + 1) / 3;
  }
}
