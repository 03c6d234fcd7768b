package io.tracestream.cli;

import io.tracestream.recording.RecordingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in one line on stderr, and gives the exit status. */
final class Failures {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int NOT_STARTED = 3;

  private Failures() {}

  /** A command could not start, for a reason that the user can fix. */
  static final class NotStarted extends Exception {
    private static final long serialVersionUID = 1;

    NotStarted(String message) {
      super(message);
    }
  }

  /** A command had begun and could not go on. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
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
   * What an exception says. Those about files often give only the name, and others nothing at all:
   * then the kind of exception becomes the text.
   */
  static String reason(Throwable e) {
    if (e instanceof FileSystemException file) {
      String reason = fileReason(file);
      return file.getFile() == null ? reason : file.getFile() + ": " + reason;
    }
    String message = e.getMessage();
    if (e instanceof RecordingException damage && damage.isCutOff()) {
      return message + "; ts-proxy check FILE --repair OUT keeps the whole entries";
    }
    return message == null || message.isBlank()
        ? kind(e)
        : message.replace(" (connect failed)", ""); // JDK 21 adds that
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
    return e instanceof FileAlreadyExistsException ? "it exists already" : kind(e);
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
