package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What may vary between a recording and live frames; everything else is compared byte for byte.
 * Immutable.
 *
 * <p>{@code ignore} and {@code copy} hold for the frames that their fields name, as far as these
 * are long enough, and only where the frame is of that kind both as it was recorded and live. They
 * leave a payload's length open only where the length of a field varies. {@code length} names the
 * numbers that follow then. {@code allow} takes whole frames out of the comparison. {@code redact}
 * names bytes that are not in the recording as they were sent. {@code fault} says what is done to
 * frames that are sent, and has no part in comparing them.
 */
public final class Rules {
  /** Nothing varies. */
  public static final Rules NONE =
      new Rules(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  private final List<Field> ignored;
  private final List<Copy> copied;
  private final List<Field> lengths;
  private final List<Frames> allowed;
  private final List<Field> redacted;
  private final List<Fault> faults;

  private Rules(
      List<Field> ignored,
      List<Copy> copied,
      List<Field> lengths,
      List<Frames> allowed,
      List<Field> redacted,
      List<Fault> faults) {
    this.ignored = List.copyOf(ignored);
    this.copied = List.copyOf(copied);
    this.lengths = List.copyOf(lengths);
    this.allowed = List.copyOf(allowed);
    this.redacted = List.copyOf(redacted);
    this.faults = List.copyOf(faults);
  }

  /**
   * Rules as text, in a program.
   *
   * @param lines such as {@code ignore c2s:4+4}, {@code copy c2s:0+2->s2c:0+2} or {@code allow
   *     s2c[len=2]}: the same as the lines of a file that {@link #read} reads
   * @return the rules
   * @throws IllegalArgumentException when a line is not a rule; one line says why
   */
  public static Rules of(String... lines) {
    return RulesText.parse(lines);
  }

  /**
   * Reads rules from a file, one a line: {@code ignore FIELD}, {@code copy FIELD->FIELD},
   * {@code length FIELD}, {@code allow FRAMES}, {@code redact FIELD} or {@code fault FAULT}. Blank
   * lines and comments, from a {@code #} to the end of the line, are skipped. A line may begin with
   * {@code --}, so options of a command line can be pasted as they are.
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
    return new Rules(with(ignored, List.of(field)), copied, lengths, allowed, redacted, faults);
  }

  /**
   * These rules, and one more.
   *
   * @param copy bytes that take a live value; the bytes they are copied from are not compared
   * @return all of them
   */
  public Rules copying(Copy copy) {
    return new Rules(ignored, with(copied, List.of(copy)), lengths, allowed, redacted, faults);
  }

  /**
   * These rules, and one more.
   *
   * @param length a number that counts bytes which follow it directly: it changes as much as these
   *     get longer or shorter, see {@link Field#parseLength}
   * @return all of them
   * @throws IllegalArgumentException when the field cannot be a number
   */
  public Rules following(Field length) {
    Shape shape = length.shape();
    if (shape == null || !shape.isNumber()) {
      throw new IllegalArgumentException(Shown.quoted(length.toString())
          + ": not a number; a length is written such as c2s:2+u16");
    }
    return new Rules(ignored, copied, with(lengths, List.of(length)), allowed, redacted, faults);
  }

  /**
   * These rules, and one more.
   *
   * @param frames a kind of frame that may come at any time, any number of times, or not at all
   * @return all of them
   */
  public Rules allowing(Frames frames) {
    return new Rules(ignored, copied, lengths, with(allowed, List.of(frames)), redacted, faults);
  }

  /**
   * These rules, and one more.
   *
   * @param field bytes that {@link RedactedFields} has replaced in the recording: they are not
   *     compared, not even in a payload that has only a part of the field
   * @return all of them
   */
  public Rules redacting(Field field) {
    return new Rules(
        ignored, copied, lengths, allowed, with(redacted, List.of(field.redacted())), faults);
  }

  /**
   * These rules, and one more. Nothing is compared differently for it: whoever sends frames may ask
   * for the {@link #faults}.
   *
   * @param fault what is done to some frames that are sent
   * @return all of them
   */
  public Rules injecting(Fault fault) {
    return new Rules(ignored, copied, lengths, allowed, redacted, with(faults, List.of(fault)));
  }

  /**
   * These rules and others.
   *
   * @param others what else may vary
   * @return both
   */
  public Rules plus(Rules others) {
    return new Rules(
        with(ignored, others.ignored),
        with(copied, others.copied),
        with(lengths, others.lengths),
        with(allowed, others.allowed),
        with(redacted, others.redacted),
        with(faults, others.faults));
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
   * Bytes that take a live value.
   *
   * @return the copies, in the order in which they were given
   */
  public List<Copy> copied() {
    return copied;
  }

  /**
   * Numbers that count bytes after them, and follow where the lengths of fields vary.
   *
   * @return the fields, in the order in which they were given
   */
  public List<Field> lengths() {
    return lengths;
  }

  /**
   * Frames that may come at any time, or not at all.
   *
   * @return their kinds, in the order in which they were given
   */
  public List<Frames> allowed() {
    return allowed;
  }

  /**
   * Bytes that were replaced when they were recorded, and are not compared.
   *
   * @return the fields, in the order in which they were given
   */
  public List<Field> redacted() {
    return redacted;
  }

  /**
   * What is done to frames that are sent.
   *
   * @return the faults, in the order in which they were given
   */
  public List<Fault> faults() {
    return faults;
  }

  /**
   * Whether a frame is of a kind that may come at any time.
   *
   * @param direction the frame's
   * @param payload its payload; left as it is
   * @return true when a rule allows it
   */
  public boolean allows(Direction direction, ByteBuffer payload) {
    for (Frames frames : allowed) {
      if (frames.direction() == direction && frames.matches(payload)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rules rules
        && ignored.equals(rules.ignored)
        && copied.equals(rules.copied)
        && lengths.equals(rules.lengths)
        && allowed.equals(rules.allowed)
        && redacted.equals(rules.redacted)
        && faults.equals(rules.faults);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ignored, copied, lengths, allowed, redacted, faults);
  }

  /** The text that {@link #read} reads: a rule a line. */
  @Override
  public String toString() {
    StringBuilder lines = new StringBuilder();
    ignored.forEach(field -> lines.append("ignore ").append(field).append('\n'));
    copied.forEach(copy -> lines.append("copy ").append(copy).append('\n'));
    lengths.forEach(field -> lines.append("length ").append(field).append('\n'));
    allowed.forEach(frames -> lines.append("allow ").append(frames).append('\n'));
    redacted.forEach(field -> lines.append("redact ").append(field).append('\n'));
    faults.forEach(fault -> lines.append("fault ").append(fault).append('\n'));
    return lines.toString();
  }
}
