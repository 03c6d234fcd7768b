package io.tracestream.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@link Rules} from a file. */
final class RulesFile {
  private final Path file;
  private final List<Field> ignored = new ArrayList<>();
  private final List<Copy> copied = new ArrayList<>();
  private int number;

  private RulesFile(Path file) {
    this.file = file;
  }

  static Rules read(Path file) throws RulesException {
    RulesFile rules = new RulesFile(file);
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rules.number++;
        rules.add(line.replaceFirst("#.*", "").strip());
      }
      return new Rules(rules.ignored, rules.copied);
    } catch (RulesException e) {
      throw e;
    } catch (IOException e) {
      throw new RulesException(
          file + ": found " + reason(e) + ", expected a text file with a rule a line", e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission to read";
    }
    return e instanceof CharacterCodingException
        ? "bytes that are no UTF-8"
        : "\"" + e.getMessage() + "\"";
  }

  private void add(String rule) throws RulesException {
    if (rule.isEmpty()) {
      return;
    }
    String[] words = rule.split("[\\s=]+", 2);
    try {
      switch (words[0].replaceFirst("^--", "")) {
        case "ignore" -> ignored.add(Field.parse(behind(words)));
        case "copy" -> copied.add(Copy.parse(behind(words)));
        default ->
          throw new IllegalArgumentException(
              "found \"" + rule + "\", expected ignore FIELD or copy" + " FIELD->FIELD");
      }
    } catch (IllegalArgumentException e) {
      throw new RulesException(file + ":" + number + ": " + e.getMessage(), e);
    }
  }

  private static String behind(String[] words) {
    return words.length < 2 ? "" : words[1];
  }
}
