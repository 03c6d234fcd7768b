package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Some bytes of each payload of one direction, written {@code c2s:4+2}: two bytes from offset 4 on.
 * A negative offset counts from the payload's end: {@code s2c:-8+4} is the first half of its last
 * eight bytes. A payload that is too short for all of it does not have it.
 *
 * <p>A field may be limited to one kind of {@link Frames}: {@code c2s[0="LOGR"]:31+16} is only in
 * payloads that begin with LOGR. Immutable.
 */
public final class Field {
  private final Frames frames;
  private final int offset;
  private final int length;

  private Field(Frames frames, int offset, int length) {
    this.frames = frames;
    this.offset = offset;
    this.length = length;
  }

  /**
   * A field of all frames of a direction.
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
    return of(Frames.of(direction), offset, length);
  }

  /**
   * A field of one kind of frame.
   *
   * @param frames the frames that have it
   * @param offset the first byte, from 0; or below 0 to count from the payload's end
   * @param length how many bytes, 1 or more
   * @return the field
   * @throws IllegalArgumentException when no payload can have it, as above
   */
  public static Field of(Frames frames, int offset, int length) {
    Field field = new Field(Objects.requireNonNull(frames, "frames"), offset, length);
    String why = why(offset, length);
    if (why != null) {
      throw new IllegalArgumentException(Shown.quoted(field.toString()) + ": " + why);
    }
    return field;
  }

  /** Why no payload has such bytes; null when one may. */
  private static String why(int offset, int length) {
    if (length < 1) {
      return "the length must be 1 or more";
    }
    if (offset < 0 && offset + length > 0) {
      return "it goes beyond the payload's end; the length may be at most " + -(long) offset
          + " here";
    }
    return Math.abs((long) offset) + (offset < 0 ? 0 : length) > RuleReader.LARGEST_PAYLOAD
        ? "no payload is longer than " + RuleReader.LARGEST_PAYLOAD + " bytes"
        : null;
  }

  /**
   * Reads a field from its text.
   *
   * @param text such as {@code c2s:4+2}, {@code s2c:-8+4} or {@code c2s[0="LOGR"]:31+16}
   * @return the field
   * @throws IllegalArgumentException when the text is not a field; one line says where and why
   */
  public static Field parse(String text) {
    RuleReader reader = new RuleReader(text);
    Field field = read(reader);
    reader.requireEnd("the field");
    return field;
  }

  static Field read(RuleReader reader) {
    Direction direction = reader.direction();
    if (direction == null) {
      throw reader.wrong("not a field; write the direction, the offset and the length, such as"
          + " c2s:4+2, or s2c:-8+4 to count from the payload's end");
    }
    Frames frames = Frames.read(direction, reader);
    reader.require(":", "write : and the offset of the field here, such as c2s:4+2");
    int offset = reader.offset("not an offset; write a number of bytes, such as c2s:4+2, or"
        + " s2c:-8+4 to count from the payload's end");
    reader.require("+", "write + and the length of the field here, such as c2s:4+2");
    int from = reader.at();
    int length = reader.number("not a length; write a number of bytes, such as c2s:4+2");
    String why = why(offset, length);
    if (why != null) {
      throw reader.wrong(from, why);
    }
    return new Field(frames, offset, length);
  }

  /**
   * The direction of the frames.
   *
   * @return the direction
   */
  public Direction direction() {
    return frames.direction();
  }

  /**
   * The frames that have the field, if they are long enough.
   *
   * @return a kind of frame
   */
  public Frames frames() {
    return frames;
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
   * @param payload the payload of a frame of its direction; left as it is
   * @return false when the frame is of another kind, or too short for all of it
   */
  public boolean isIn(ByteBuffer payload) {
    return isWhole(payload.remaining()) && frames.matches(payload);
  }

  /**
   * The bytes that a payload has in it.
   *
   * @param payload the payload of a frame of its direction; left as it is
   * @return a view of them; null when the payload does not have the field
   */
  public ByteBuffer value(ByteBuffer payload) {
    return isIn(payload)
        ? payload.slice(payload.position() + start(payload.remaining()), length)
        : null;
  }

  /**
   * Whether a payload of the right kind has it.
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
        && frames.equals(field.frames)
        && offset == field.offset
        && length == field.length;
  }

  @Override
  public int hashCode() {
    return Objects.hash(frames, offset, length);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return frames + ":" + offset + "+" + length;
  }
}
