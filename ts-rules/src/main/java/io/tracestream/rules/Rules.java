package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What may vary between a recording and the live frames; all else is compared byte for byte.
 * Immutable.
 *
 * <p>Rules hold for every frame of their direction, and never for a payload's length: frames of two
 * lengths differ.
 *
 * @param ignored bytes that are not compared
 * @param copied bytes that take over a live value; those copied from are not compared
 */
public record Rules(List<Field> ignored, List<Copy> copied) {
  /** Nothing varies. */
  public static final Rules NONE = new Rules(List.of(), List.of());

  /**
   * Copies the lists.
   *
   * @param ignored bytes that are not compared
   * @param copied bytes that take over a live value
   */
  public Rules {
    ignored = List.copyOf(ignored);
    copied = List.copyOf(copied);
  }

  /**
   * Rules as text, in a program.
   *
   * @param lines such as {@code ignore c2s:4+4} or {@code copy c2s:0+2->s2c:0+2}: what
   *     {@link #read} finds in the lines of a file
   * @return the rules
   * @throws IllegalArgumentException when a line is no rule: what was found, what was expected
   */
  public static Rules of(String... lines) {
    return RulesFile.of(lines);
  }

  /**
   * Reads rules from a file: one a line, {@code ignore FIELD} or {@code copy FIELD->FIELD}. Blank
   * lines, and what follows a {@code #}, say nothing. The flags {@code --ignore} and {@code --copy}
   * may be pasted as they are.
   *
   * @param file the file, in UTF-8
   * @return the rules
   * @throws RulesException when the file cannot be read, or a line is no rule
   */
  public static Rules read(Path file) throws RulesException {
    return RulesFile.read(file);
  }

  /**
   * These rules and others.
   *
   * @param others what else may vary
   * @return both
   */
  public Rules plus(Rules others) {
    List<Field> fields = new ArrayList<>(ignored);
    fields.addAll(others.ignored);
    List<Copy> copies = new ArrayList<>(copied);
    copies.addAll(others.copied);
    return new Rules(fields, copies);
  }

  /**
   * The copies into frames of a direction.
   *
   * @param direction the direction
   * @return those of the copies
   */
  public List<Copy> copiesInto(Direction direction) {
    return copied.stream().filter(copy -> copy.to().direction() == direction).toList();
  }

  /** The text that {@link #read} reads: a rule a line. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    ignored.forEach(field -> lines.append("ignore ").append(field).append('\n'));
    copied.forEach(copy -> lines.append("copy ").append(copy).append('\n'));
    return lines.toString();
  }
}
