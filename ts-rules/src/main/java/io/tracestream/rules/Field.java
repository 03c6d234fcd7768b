package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some bytes of each payload of one direction, written {@code c2s:4+2}: two bytes from offset 4 on.
 * A negative offset counts from the payload's end: {@code s2c:-8+4} is the first half of its last
 * eight bytes. A payload that is too short for all of it does not have it. Immutable.
 */
public final class Field {
  /** The longest payload that there is, in bytes. */
  static final int LARGEST_PAYLOAD = 2_147_483_639;

  private static final Pattern TEXT = Pattern.compile("(c2s|s2c):(-?)(\\d{1,10})\\+(\\d{1,10})");

  private final Direction direction;
  private final int offset;
  private final int length;

  private Field(Direction direction, int offset, int length) {
    this.direction = direction;
    this.offset = offset;
    this.length = length;
  }

  /**
   * A field.
   *
   * @param direction the direction of the frames
   * @param offset the first byte, from 0; or below 0 to count from the payload's end
   * @param length how many bytes, 1 or more
   * @return the field
   * @throws IllegalArgumentException when no payload can have it: the length is below 1, or the
   *     field goes beyond the longest payload that there is or, counted from the end, beyond the
   *     payload's end
   */
  public static Field of(Direction direction, int offset, int length) {
    Field field = new Field(Objects.requireNonNull(direction, "direction"), offset, length);
    if (length < 1) {
      throw field.refused("the length must be 1 or more");
    }
    if (offset < 0 && offset + length > 0) {
      throw field.refused("it goes beyond the payload's end; the length may be at most "
          + -(long) offset + " here");
    }
    if (Math.abs((long) offset) + (offset < 0 ? 0 : length) > LARGEST_PAYLOAD) {
      throw field.refused("no payload is longer than " + LARGEST_PAYLOAD + " bytes");
    }
    return field;
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(Shown.quoted(toString()) + ": " + why);
  }

  /**
   * Reads a field from its text.
   *
   * @param text such as {@code c2s:4+2} or {@code s2c:-8+4}
   * @return the field
   * @throws IllegalArgumentException when the text is not a field; one line says why
   */
  public static Field parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(Shown.quoted(text)
          + ": not a field; write direction, offset and length, such as c2s:4+2, or s2c:-8+4 to"
          + " count from the payload's end");
    }
    boolean fromEnd = !parts.group(2).isEmpty();
    long offset = Long.parseLong(parts.group(2) + parts.group(3));
    long length = Long.parseLong(parts.group(4));
    if (fromEnd && offset == 0) {
      throw new IllegalArgumentException(
          Shown.quoted(text) + ": no byte follows the payload's end; -1 is the last byte");
    }
    if (Math.max(Math.abs(offset), length) > LARGEST_PAYLOAD) {
      throw new IllegalArgumentException(
          Shown.quoted(text) + ": no payload is longer than " + LARGEST_PAYLOAD + " bytes");
    }
    return of(
        Direction.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), (int) offset, (int) length);
  }

  /**
   * The direction of the frames.
   *
   * @return the direction
   */
  public Direction direction() {
    return direction;
  }

  /**
   * The first byte.
   *
   * @return its offset in the payload; below 0 when it is counted from the payload's end
   */
  public int offset() {
    return offset;
  }

  /**
   * How many bytes it has.
   *
   * @return 1 or more
   */
  public int length() {
    return length;
  }

  /**
   * Whether a payload has it.
   *
   * @param payloadLength how long the payload is
   * @return false when the payload is too short for all of it
   */
  public boolean isWhole(int payloadLength) {
    return from(payloadLength) >= 0 && from(payloadLength) + length <= payloadLength;
  }

  /**
   * Where it begins.
   *
   * @param payloadLength how long the payload is
   * @return an offset; the payload's end when the payload does not have the field
   */
  public int start(int payloadLength) {
    return isWhole(payloadLength) ? (int) from(payloadLength) : payloadLength;
  }

  /**
   * Where it ends, exclusive.
   *
   * @param payloadLength how long the payload is
   * @return an offset; the payload's end when the payload does not have the field
   */
  public int end(int payloadLength) {
    return isWhole(payloadLength) ? (int) from(payloadLength) + length : payloadLength;
  }

  private long from(int payloadLength) {
    return offset < 0 ? (long) payloadLength + offset : offset;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Field field
        && direction == field.direction
        && offset == field.offset
        && length == field.length;
  }

  @Override
  public int hashCode() {
    return Objects.hash(direction, offset, length);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return direction + ":" + offset + "+" + length;
  }
}
