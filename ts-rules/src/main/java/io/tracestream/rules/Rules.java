package io.tracestream.rules;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What may vary between a recording and the live frames; all else is compared byte for byte.
 * Immutable.
 *
 * <p>Rules hold for every frame of their direction, and never for a payload's length: frames of two
 * lengths differ.
 */
public final class Rules {
  /** Nothing varies. */
  public static final Rules NONE = new Rules(List.of(), List.of());

  private final List<Field> ignored;
  private final List<Copy> copied;

  private Rules(List<Field> ignored, List<Copy> copied) {
    this.ignored = List.copyOf(ignored);
    this.copied = List.copyOf(copied);
  }

  /**
   * Rules as text, in a program.
   *
   * @param lines such as {@code ignore c2s:4+4} or {@code copy c2s:0+2->s2c:0+2}: what
   *     {@link #read} finds in the lines of a file
   * @return the rules
   * @throws IllegalArgumentException when a line is not a rule; one line says why
   */
  public static Rules of(String... lines) {
    return RulesText.parse(lines);
  }

  /**
   * Reads rules from a file: one a line, {@code ignore FIELD} or {@code copy FIELD->FIELD}. Blank
   * lines, and what follows a {@code #}, say nothing. Each line may begin with {@code --}, so that
   * options of a command line may be pasted as they are.
   *
   * @param file the file, in UTF-8
   * @return the rules
   * @throws RulesException when the file cannot be read, or a line is not a rule
   */
  public static Rules read(Path file) throws RulesException {
    return RulesText.read(file);
  }

  /**
   * These rules, and one more.
   *
   * @param field bytes that are not compared
   * @return all of them
   */
  public Rules ignoring(Field field) {
    return new Rules(with(ignored, List.of(field)), copied);
  }

  /**
   * These rules, and one more.
   *
   * @param copy bytes that take over a live value; those copied from are not compared
   * @return all of them
   */
  public Rules copying(Copy copy) {
    return new Rules(ignored, with(copied, List.of(copy)));
  }

  /**
   * These rules and others.
   *
   * @param others what else may vary
   * @return both
   */
  public Rules plus(Rules others) {
    return new Rules(with(ignored, others.ignored), with(copied, others.copied));
  }

  private static <T> List<T> with(List<T> some, List<T> more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /**
   * Bytes that are not compared.
   *
   * @return the fields, in the order in which they were given
   */
  public List<Field> ignored() {
    return ignored;
  }

  /**
   * Bytes that take over a live value.
   *
   * @return the copies, in the order in which they were given
   */
  public List<Copy> copied() {
    return copied;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rules rules
        && ignored.equals(rules.ignored)
        && copied.equals(rules.copied);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ignored, copied);
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
