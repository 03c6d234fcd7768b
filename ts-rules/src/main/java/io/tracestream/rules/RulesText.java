package io.tracestream.rules;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads {@link Rules} from lines of text. */
final class RulesText {
  /** Much longer than any rule: the file is of another kind. */
  private static final int LONGEST = 4096;

  private RulesText() {}

  static Rules parse(String... lines) {
    Rules rules = Rules.NONE;
    for (String line : lines) {
      rules = plus(rules, line);
    }
    return rules;
  }

  static Rules read(Path file) throws RulesException {
    Rules rules = Rules.NONE;
    int number = 0;
    if (mayWaitForEver(file)) {
      throw new RulesException(name(file) + ": not a regular file; rules are in a text file");
    }
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        rules = plus(rules, number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line);
      }
      return rules;
    } catch (IllegalArgumentException e) {
      throw new RulesException(name(file) + ":" + number + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RulesException(name(file) + ": " + reason(file, e), e);
    }
  }

  /** A pipe that nobody writes to cannot even be opened; one that a shell passes is open. */
  private static boolean mayWaitForEver(Path file) {
    boolean isOpen = file.startsWith("/dev/fd") || file.startsWith("/proc/self/fd");
    return Files.exists(file)
        && !Files.isRegularFile(file)
        && !Files.isDirectory(file)
        && !isOpen
        && !file.equals(Path.of("/dev/stdin"))
        && !file.equals(Path.of("/dev/null"));
  }

  private static String name(Path file) {
    return Shown.escaped(file.toString());
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to read it";
    }
    if (Files.isDirectory(file)) {
      return "is a folder; rules are in a text file, one a line";
    }
    return e instanceof CharacterCodingException
        ? "is not text in UTF-8; rules are in a text file, one a line"
        : "cannot be read: " + Shown.escaped(String.valueOf(e.getMessage()));
  }

  private static Rules plus(Rules rules, String line) {
    String rule = withoutComment(line).strip();
    if (rule.isEmpty()) {
      return rules;
    }
    String[] words = (rule.length() > LONGEST ? "" : rule).split("[\\s=]+", 2);
    String value = words.length < 2 ? "" : withoutQuotes(words[1]);
    return switch (words[0].replaceFirst("^--", "")) {
      case "ignore" -> rules.ignoring(Field.parse(value));
      case "copy" -> rules.copying(Copy.parse(value));
      case "allow" -> rules.allowing(Frames.parse(value));
      case "redact" -> rules.redacting(Field.parse(value));
      case "fault" -> rules.injecting(Fault.parse(value));
      case "length" -> rules.following(Field.parseLength(value));
      default ->
        throw new IllegalArgumentException(Shown.quoted(rule)
            + ": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD,"
            + " allow FRAMES or fault FAULT");
    };
  }

  /** A # between double quotes does not begin a comment. */
  private static String withoutComment(String line) {
    boolean quoted = false;
    for (int at = 0; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '#' && !quoted) {
        return line.substring(0, at);
      }
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\') {
        at++;
      }
    }
    return line;
  }

  /** As a shell needs them around brackets and arrows; in double quotes, it needs \" for a ". */
  private static String withoutQuotes(String value) {
    if (value.matches("'.*'")) {
      return value.substring(1, value.length() - 1);
    }
    return value.matches("\".*\"")
        ? value.substring(1, value.length() - 1).replaceAll("\\\\([\"\\\\])", "$1")
        : value;
  }
}
