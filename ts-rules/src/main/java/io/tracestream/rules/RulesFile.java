package io.tracestream.rules;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@link Rules} from the lines of a file, or from single ones. */
final class RulesFile {
  /**
   * Much more than a rule takes; what is longer is of another kind of file, and not shown whole.
   */
  private static final int LONGEST = 200;

  private static final int SHOWN = 60;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  /** Null without one. */
  private final Path file;

  private final List<Field> ignored = new ArrayList<>();
  private final List<Copy> copied = new ArrayList<>();
  private int number;

  private RulesFile(Path file) {
    this.file = file;
  }

  /** The rules that these lines say. */
  static Rules of(String... lines) {
    RulesFile rules = new RulesFile(null);
    for (String line : lines) {
      rules.parse(line.replaceFirst("#.*", "").strip());
    }
    return new Rules(rules.ignored, rules.copied);
  }

  static Rules read(Path file) throws RulesException {
    RulesFile rules = new RulesFile(file);
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rules.number++;
        String text = rules.number == 1 ? line.replaceFirst("^" + BYTE_ORDER_MARK, "") : line;
        rules.add(text.replaceFirst("#.*", "").strip());
      }
      return new Rules(rules.ignored, rules.copied);
    } catch (RulesException e) {
      throw e;
    } catch (IOException e) {
      throw new RulesException(
          file + ": found " + reason(file, e) + ", expected a text file with a rule a line", e);
    }
  }

  private static String reason(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to read";
    }
    if (Files.isDirectory(file)) {
      return "a folder";
    }
    return e instanceof CharacterCodingException
        ? "bytes that are no UTF-8"
        : "\"" + e.getMessage() + "\"";
  }

  private void add(String rule) throws RulesException {
    try {
      parse(rule);
    } catch (IllegalArgumentException e) {
      throw new RulesException(file + ":" + number + ": " + e.getMessage(), e);
    }
  }

  private void parse(String rule) {
    if (rule.isEmpty()) {
      return;
    }
    String[] words = (rule.length() > LONGEST ? "" : rule).split("[\\s=]+", 2);
    switch (words[0].replaceFirst("^--", "")) {
      case "ignore" -> ignored.add(Field.parse(behind(words)));
      case "copy" -> copied.add(Copy.parse(behind(words)));
      default -> throw refused(rule);
    }
  }

  private static IllegalArgumentException refused(String rule) {
    String shown = rule.length() > LONGEST ? rule.substring(0, SHOWN) + "..." : rule;
    return new IllegalArgumentException(
        "found \"" + shown + "\", expected ignore FIELD or copy FIELD->FIELD");
  }

  /** What stands behind the word, without the quotes that a shell needs around an arrow. */
  private static String behind(String[] words) {
    return words.length < 2 ? "" : words[1].replaceFirst("^(['\"])(.*)\\1$", "$2");
  }
}
