package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some bytes of each payload of one direction, written {@code c2s:4+2}: two bytes from offset 4 on.
 * A negative offset counts from the payload's end: {@code s2c:-8+4} is the first half of its last
 * eight bytes. A payload that is too short for all of it does not have it.
 *
 * <p>A field may be limited to one kind of {@link Frames}: {@code c2s[0="LOGR"]:31+16} is only in
 * payloads that begin with LOGR.
 *
 * <p>Its length may be told by its shape, such as {@code c2s:4+digits}: digits, as many as there
 * are. And it may follow other bytes whose length varies: {@code c2s:4/digits/1+2} is two bytes
 * after the digits at offset 4 and one more byte. Immutable.
 */
public final class Field {
  private final Frames frames;
  private final int offset;
  /** What to go past from there: numbers of bytes, or shapes. */
  private final List<Object> steps;
  /** 0 where the shape tells it. */
  private final int length;
  /** Null where the length does not vary. */
  private final @Nullable Shape shape;
  /** Whether a payload that does not have all of it has it from its offset on, to the end. */
  private final boolean isRedacted;

  private Field(Frames frames, int offset, List<Object> steps, int length, @Nullable Shape shape) {
    this(frames, offset, steps, length, shape, false);
  }

  private Field(
      Frames frames,
      int offset,
      List<Object> steps,
      int length,
      @Nullable Shape shape,
      boolean isRedacted) {
    this.frames = frames;
    this.isRedacted = isRedacted;
    this.offset = offset;
    this.steps = List.copyOf(steps);
    this.length = length;
    this.shape = shape;
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
    Field field =
        new Field(Objects.requireNonNull(frames, "frames"), offset, List.of(), length, null);
    String why = why(offset, length);
    if (why != null) {
      throw new IllegalArgumentException(Shown.quoted(field.toString()) + ": " + why);
    }
    return field;
  }

  /** Why no payload has such bytes; null when one may. */
  private static @Nullable String why(int offset, int length) {
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

  /**
   * Reads the field of a length from its text: a number that counts bytes after it.
   *
   * @param text such as {@code c2s:2+u16}; instead of a length, it ends with {@code u8},
   *     {@code u16}, {@code u32}, {@code u16le}, {@code u32le}, {@code varint} or {@code digits}
   * @return the field
   * @throws IllegalArgumentException when the text is no such field; one line says where and why
   */
  public static Field parseLength(String text) {
    RuleReader reader = new RuleReader(text);
    Field field = read(reader, true);
    reader.requireEnd("the field");
    return field;
  }

  static Field read(RuleReader reader) {
    return read(reader, false);
  }

  private static Field read(RuleReader reader, boolean isLength) {
    Direction direction =
        reader.direction("not a field; write the direction, the offset and the length, such as"
            + " c2s:4+2, or s2c:-8+4 to count from the payload's end");
    Frames frames = Frames.read(direction, reader);
    reader.require(":", "write : and the offset of the field here, such as c2s:4+2");
    int offset = reader.offset("not an offset; write a number of bytes, such as c2s:4+2, or"
        + " s2c:-8+4 to count from the payload's end");
    List<Object> steps = new ArrayList<>();
    while (reader.skip("/")) {
      int from = reader.at();
      Shape step = reader.seesDigit() ? null : Shape.require(reader);
      if (step != null && step.isRest()) {
        throw reader.wrong(from, "nothing follows the rest of a payload");
      }
      steps.add(step == null ? (Object) reader.number("") : step);
    }
    reader.require("+", "write + and the length of the field here, such as c2s:4+2");
    if (isLength) {
      return new Field(frames, offset, steps, 0, Shape.requireNumber(reader));
    }
    int from = reader.at();
    if (!reader.seesDigit()) {
      return new Field(frames, offset, steps, 0, Shape.require(reader));
    }
    int length = reader.number("");
    String why = why(steps.isEmpty() ? offset : 0, length);
    if (why != null) {
      throw reader.wrong(from, why);
    }
    return new Field(frames, offset, steps, length, null);
  }

  /**
   * The same bytes as {@link RedactedFields} replaces them: a payload of the right kind that does
   * not have the whole field has it from its offset on, to the payload's end.
   */
  Field redacted() {
    return new Field(frames, offset, steps, length, shape, true);
  }

  /** Whether a payload of its kind has the whole field. */
  boolean isWholeIn(ByteBuffer payload) {
    return wholeStart(payload) >= 0;
  }

  /** Whether it has the same offset and length in all payloads of a length. */
  boolean isFixed() {
    return shape == null && steps.isEmpty();
  }

  /** The same for all frames of its direction. */
  Field ofAllFrames() {
    return new Field(Frames.of(direction()), offset, steps, length, shape);
  }

  /** Whether its length varies. */
  boolean varies() {
    return shape != null;
  }

  /** Where it begins in a payload of its kind; -1 when the payload does not have it. */
  int startIn(ByteBuffer payload) {
    int start = wholeStart(payload);
    return start < 0 && isRedacted ? partStart(payload.remaining()) : start;
  }

  /** Where it ends in a payload of its kind that has it from there on. */
  int endIn(ByteBuffer payload, int start) {
    return isRedacted && wholeStart(payload) < 0 ? payload.remaining() : endFrom(payload, start);
  }

  private int partStart(int payloadLength) {
    return (int) Math.max(0, Math.min(payloadLength, from(payloadLength)));
  }

  private int wholeStart(ByteBuffer payload) {
    int length = payload.remaining();
    long at = from(length);
    for (Object step : steps) {
      if (at < 0 || at > length) {
        return -1;
      }
      at = step instanceof Shape over ? over.end(payload, (int) at) : at + (Integer) step;
    }
    return at < 0 || at > length || endFrom(payload, (int) at) < 0 ? -1 : (int) at;
  }

  /** Where it ends in a payload that has it there; -1 when the payload does not. */
  int endFrom(ByteBuffer payload, int start) {
    if (start > payload.remaining()) {
      return -1;
    }
    if (shape != null) {
      return shape.end(payload, start);
    }
    return length <= payload.remaining() - start ? start + length : -1;
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
   * @return 1 or more; 0 where that is different from payload to payload
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
    return frames.matches(payload) && startIn(payload) >= 0;
  }

  /**
   * The bytes that a payload has in it.
   *
   * @param payload the payload of a frame of its direction; left as it is
   * @return a view of them; null when the payload does not have the field
   */
  public @Nullable ByteBuffer value(ByteBuffer payload) {
    int start = start(payload);
    return start < 0 ? null : valueFrom(payload, start);
  }

  /** The same for a payload that has the field there. */
  ByteBuffer valueFrom(ByteBuffer payload, int start) {
    return payload.slice(payload.position() + start, endIn(payload, start) - start);
  }

  /**
   * What those bytes say: all of them but the length that stands before the others, if there is
   * one.
   *
   * @param value what {@link #value} gave
   * @return a view of it
   */
  public ByteBuffer content(ByteBuffer value) {
    int prefix = shape == null ? 0 : shape.prefix(value);
    return value.slice(value.position() + prefix, value.remaining() - prefix);
  }

  /** What tells its end; null where the length does not vary. */
  @Nullable
  Shape shape() {
    return shape;
  }

  /**
   * Where it begins in a payload.
   *
   * @param payload the payload of a frame of its direction; left as it is
   * @return an offset; -1 when the payload does not have the field
   */
  public int start(ByteBuffer payload) {
    return frames.matches(payload) ? startIn(payload) : -1;
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
    if (isWhole(payloadLength)) {
      return (int) from(payloadLength);
    }
    return isRedacted ? partStart(payloadLength) : payloadLength;
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
        && steps.equals(field.steps)
        && length == field.length
        && isRedacted == field.isRedacted
        && Objects.equals(shape, field.shape);
  }

  @Override
  public int hashCode() {
    return Objects.hash(frames, offset, steps, length, shape);
  }

  /** The text that {@link #parse} reads; that of a length, {@link #parseLength} does. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(frames + ":" + offset);
    steps.forEach(step -> text.append('/').append(step));
    return text.append('+').append(shape == null ? length : shape).toString();
  }
}
