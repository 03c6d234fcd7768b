package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some bytes of each payload of one direction, written {@code c2s:4+2}: two bytes from offset 4 on.
 * A negative offset counts from the payload's end: {@code s2c:-8+4} is the first half of its last
 * eight bytes. A payload that is too short for all of it does not have it.
 *
 * @param direction the direction of the frames
 * @param offset the first byte, from 0; or below 0 to count from the payload's end
 * @param length how many bytes, 1 or more
 */
public record Field(Direction direction, int offset, int length) {
  /** The longest payload that there is, in bytes. */
  private static final int LARGEST_PAYLOAD = 2_147_483_639;

  private static final Pattern TEXT = Pattern.compile("(c2s|s2c):(-?)(\\d{1,10})\\+(\\d{1,10})");

  /**
   * Refuses a field that no payload can have.
   *
   * @param direction the direction of the frames
   * @param offset the first byte
   * @param length how many bytes
   * @throws IllegalArgumentException when the length is below 1, or the field would go beyond the
   *     longest payload that there is or, counted from the end, beyond any payload's end
   */
  public Field {
    Objects.requireNonNull(direction, "direction");
    if (length < 1) {
      throw refused(direction, offset, length, "a length of 1 or more");
    }
    if (offset < 0 && offset + length > 0) {
      throw refused(
          direction,
          offset,
          length,
          "at most " + -(long) offset + " bytes, as the payload ends there");
    }
    if (Math.abs((long) offset) + (offset < 0 ? 0 : length) > LARGEST_PAYLOAD) {
      throw refused(
          direction,
          offset,
          length,
          "a field within the longest payload, " + LARGEST_PAYLOAD + " bytes");
    }
  }

  /**
   * Reads a field from its text.
   *
   * @param text such as {@code c2s:4+2} or {@code s2c:-8+4}
   * @return the field
   * @throws IllegalArgumentException when the text says none: what was found, what was expected
   */
  public static Field parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("found \"" + text
          + "\", expected a direction, an offset and a length such as c2s:4+2, or s2c:-8+4 to count"
          + " from the payload's end");
    }
    long offset = Long.parseLong(parts.group(2) + parts.group(3));
    long length = Long.parseLong(parts.group(4));
    boolean fromEnd = !parts.group(2).isEmpty();
    if (Math.max(Math.abs(offset), length) > LARGEST_PAYLOAD || fromEnd && offset == 0) {
      throw new IllegalArgumentException("found \"" + text + "\", expected numbers up to "
          + LARGEST_PAYLOAD + (fromEnd ? ", and at least 1 behind the minus" : ""));
    }
    return new Field(
        Direction.valueOf(parts.group(1).toUpperCase(Locale.ROOT)), (int) offset, (int) length);
  }

  private static IllegalArgumentException refused(
      Direction direction, int offset, int length, String expected) {
    return new IllegalArgumentException(
        "found \"" + text(direction, offset, length) + "\", expected " + expected);
  }

  /**
   * Where it begins.
   *
   * @param payloadLength how long the payload is
   * @return an offset; the payload's end when it does not have the field
   */
  public int start(int payloadLength) {
    return isWhole(payloadLength) ? (int) from(payloadLength) : payloadLength;
  }

  /**
   * Where it ends, exclusive.
   *
   * @param payloadLength how long the payload is
   * @return an offset; the payload's end when it does not have the field
   */
  public int end(int payloadLength) {
    return isWhole(payloadLength) ? (int) from(payloadLength) + length : payloadLength;
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

  private long from(int payloadLength) {
    return offset < 0 ? (long) payloadLength + offset : offset;
  }

  private static String text(Direction direction, int offset, int length) {
    return direction + ":" + offset + "+" + length;
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return text(direction, offset, length);
  }
}
