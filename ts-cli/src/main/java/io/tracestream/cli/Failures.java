package io.tracestream.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
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
    List<String> unknown = unknown(e, args);
    String message = e.getMessage().replaceFirst("^Error: ", "");
    Matcher invalid = INVALID_VALUE.matcher(message);
    if (invalid.matches()) {
      String subject = invalid.group(1) == null ? invalid.group(2) : invalid.group(1);
      message = subject + ": " + invalid.group(3);
    } else if (!unknown.isEmpty()) {
      message = "found \"" + String.join(" ", unknown) + "\", expected "
          + (command.getParent() == null
              ? "a command: " + Main.commands(command.getCommandSpec())
              : "a flag of " + command.getCommandName());
    }
    say(message + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return WRONG_USAGE;
  }

  /** What no flag and no parameter takes. A missing flag may be one that was misspelt. */
  private static List<String> unknown(ParameterException e, String[] args) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched();
    }
    if (!(e instanceof MissingParameterException) || e.getCommandLine().getParent() == null) {
      return List.of();
    }
    CommandLine command = e.getCommandLine();
    command.getCommandSpec().parser().collectErrors(true);
    Set<String> names = command.getCommandSpec().names();
    int name = 0;
    while (!names.contains(args[name])) {
      name++;
    }
    return command.parseArgs(Arrays.copyOfRange(args, name + 1, args.length)).unmatched();
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

  /**
   * What an exception says. Those of files often say their name only, and others nothing: their
   * kinds are put into words then.
   */
  static String reason(Throwable e) {
    if (e instanceof FileSystemException file) {
      String reason = fileReason(file);
      return file.getFile() == null ? reason : file.getFile() + ": " + reason;
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? kind(e) : message;
  }

  /** Why something cannot be done with a file, without its name. */
  static String fileReason(FileSystemException e) {
    if (e.getReason() != null && !e.getReason().isBlank()) {
      return e.getReason();
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    return e instanceof FileAlreadyExistsException ? "there is one already" : kind(e);
  }

  /** The name of a kind of exception in words, such as "unresolved address". */
  private static String kind(Throwable e) {
    return e.getClass()
        .getSimpleName()
        .replaceFirst("(?<=.)Exception$", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  static void say(String message) {
    System.err.println("ts-proxy: " + message);
  }
}
