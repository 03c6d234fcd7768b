package io.tracestream.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong in one line on stderr, and gives the exit status. */
final class Failures {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int NOT_STARTED = 3;

  private static final Pattern INVALID_VALUE = Pattern.compile(
      "Invalid value for (?:option '([^']+)'(?: \\([^)]*\\))?|positional parameter at index \\d+"
          + " \\(([^)]+)\\)): (.*)",
      Pattern.DOTALL);

  private Failures() {}

  /** A command could not start, for a reason that the user can mend. */
  static final class NotStarted extends Exception {
    private static final long serialVersionUID = 1;

    NotStarted(String message) {
      super(message);
    }
  }

  /** A command began and could not go on, for a reason outside of it. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
  }

  static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String message = e.getMessage().replaceFirst("^Error: ", "");
    Matcher invalid = INVALID_VALUE.matcher(message);
    if (invalid.matches()) {
      String subject = invalid.group(1) == null ? invalid.group(2) : invalid.group(1);
      message = subject + ": " + invalid.group(3);
    } else if (e instanceof UnmatchedArgumentException unmatched) {
      message = "found \"" + String.join(" ", unmatched.getUnmatched()) + "\", expected "
          + (command.getParent() == null
              ? "a command: " + Main.commands(command.getCommandSpec())
              : "a flag of " + command.getCommandName());
    }
    say(message + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return WRONG_USAGE;
  }

  static int failed(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    if (e instanceof NotStarted) {
      say(e.getMessage());
      return NOT_STARTED;
    }
    if (e instanceof Failed) {
      say(e.getMessage());
      return FAILED;
    }
    throw e;
  }

  /** What an exception says; its kind where it says nothing. */
  static String reason(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  static void say(String message) {
    System.err.println("ts-proxy: " + message);
  }
}
