package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A kind of frame: a direction, and conditions that a payload must meet, all of them.
 *
 * <pre>
 *   c2s                      every c2s frame
 *   s2c[len=37]              payloads of 37 bytes
 *   c2s[0=0003,len=9]        ... of 9 bytes that begin with 00 03
 *   c2s[-4="LOGR"]           payloads that end with this text, in UTF-8
 * </pre>
 *
 * <p>An offset counts from 0; below 0 it counts from the payload's end, as in a {@link Field}. A
 * payload that is too short for a condition does not meet it. In a text, {@code \"} is a quote and
 * {@code \\} a backslash. Immutable.
 */
public final class Frames {
  private static final int ANY = -1;

  private final Direction direction;
  /** The length that a payload must have; or ANY. */
  private final int length;

  private final List<Content> contents;
  /** The conditions as they were written, without spaces. */
  private final List<String> written;

  private Frames(Direction direction, int length, List<Content> contents, List<String> written) {
    this.direction = direction;
    this.length = length;
    this.contents = List.copyOf(contents);
    this.written = List.copyOf(written);
  }

  /** These bytes are at that offset. */
  record Content(int offset, byte[] bytes) {
    private boolean isIn(ByteBuffer payload) {
      int length = payload.remaining();
      long start = offset < 0 ? (long) length + offset : offset;
      if (start < 0 || start + bytes.length > length) {
        return false;
      }
      int at = payload.position() + (int) start;
      for (int i = 0; i < bytes.length; i++) {
        if (payload.get(at + i) != bytes[i]) {
          return false;
        }
      }
      return true;
    }

    /** Whether no payload can have both. */
    private boolean excludes(Content other) {
      if (offset < 0 != other.offset < 0) {
        return false;
      }
      int from = Math.max(offset, other.offset);
      long to = Math.min((long) offset + bytes.length, (long) other.offset + other.bytes.length);
      for (int at = from; at < to; at++) {
        if (bytes[at - offset] != other.bytes[at - other.offset]) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Content that
          && offset == that.offset
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * offset + Arrays.hashCode(bytes);
    }
  }

  /**
   * Every frame of a direction.
   *
   * @param direction the direction
   * @return the kind, without a condition
   */
  public static Frames of(Direction direction) {
    return new Frames(Objects.requireNonNull(direction, "direction"), ANY, List.of(), List.of());
  }

  /**
   * Those of these frames whose payload has a length.
   *
   * @param bytes the length, 0 or more
   * @return the kind
   * @throws IllegalArgumentException when no payload is that long, or a length was given before
   */
  public Frames withLength(int bytes) {
    if (bytes < 0 || bytes > RuleReader.LARGEST_PAYLOAD) {
      throw new IllegalArgumentException("a payload has 0 to " + RuleReader.LARGEST_PAYLOAD
          + " bytes; len=" + bytes + " is not possible");
    }
    if (length != ANY) {
      throw new IllegalArgumentException("\"" + this + "\": len is given already");
    }
    return new Frames(direction, bytes, contents, with(written, "len=" + bytes));
  }

  /**
   * Those of these frames that have some bytes at an offset.
   *
   * @param offset where they are, from 0; or below 0 to count from the payload's end
   * @param bytes one byte or more
   * @return the kind
   * @throws IllegalArgumentException when no payload can have them there
   */
  public Frames with(int offset, byte... bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("offset " + offset + ": one byte or more must be there");
    }
    if (offset < 0 && (long) offset + bytes.length > 0
        || (long) offset + bytes.length > RuleReader.LARGEST_PAYLOAD
        || offset < -RuleReader.LARGEST_PAYLOAD) {
      throw new IllegalArgumentException("offset " + offset + ": " + beyond(bytes.length));
    }
    byte[] own = bytes.clone();
    String text = offset + "=" + (isText(own) ? quoted(own) : HexFormat.of().formatHex(own));
    return new Frames(
        direction, length, with(contents, new Content(offset, own)), with(written, text));
  }

  private static String beyond(int bytes) {
    return (bytes == 1 ? "the byte goes" : bytes + " bytes go")
        + " beyond the payload's end; its last byte is at -1";
  }

  /** Whether people read these bytes as text. */
  private static boolean isText(byte[] bytes) {
    boolean hasLetter = false;
    for (byte one : bytes) {
      if (one < ' ' || one > '~') {
        return false;
      }
      hasLetter |= Character.isLetter(one);
    }
    return hasLetter && bytes.length > 1;
  }

  private static String quoted(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.US_ASCII);
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static <T> List<T> with(List<T> some, T more) {
    List<T> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }

  /**
   * Reads a kind of frame from its text.
   *
   * @param text such as {@code s2c}, {@code s2c[len=37]} or {@code c2s[0=0003,4="LOGR"]}
   * @return the kind
   * @throws IllegalArgumentException when the text is not a kind of frame; one line says where and
   *     why
   */
  public static Frames parse(String text) {
    RuleReader reader = new RuleReader(text);
    Direction direction =
        reader.direction("not a kind of frame; write c2s or s2c, and conditions in brackets, such"
            + " as s2c[len=37], c2s[0=0003,len=9] or s2c[4=\"PING\"]");
    Frames frames = read(direction, reader);
    reader.requireEnd(
        "the kind of frame; conditions are in one pair of brackets, with commas in" + " between");
    return frames;
  }

  /** Reads the conditions, if there are any. */
  static Frames read(Direction direction, RuleReader reader) {
    Frames frames = of(direction);
    if (!reader.skip("[")) {
      return frames;
    }
    do {
      reader.skipBlanks();
      frames = frames.plusCondition(reader);
      reader.skipBlanks();
    } while (reader.skip(","));
    reader.require("]", "write a comma and one more condition here, or ]");
    return frames;
  }

  /** Puts the bytes that the conditions ask for into a payload that had them. */
  void restoreIn(ByteBuffer payload) {
    for (Content content : contents) {
      int start = content.offset < 0 ? payload.remaining() + content.offset : content.offset;
      payload.put(payload.position() + start, content.bytes);
    }
  }

  private Frames plusCondition(RuleReader reader) {
    int from = reader.at();
    if (reader.skip("len=")) {
      int bytes = reader.number("not a length; write a number of bytes, such as len=37");
      if (length != ANY) {
        throw reader.wrong(from, "len is given twice");
      }
      return withLength(bytes);
    }
    int offset = reader.offset("not a condition; write len=37, 0=0003 or 4=\"PING\"");
    reader.require(
        "=", "write = and the bytes at offset " + offset + ", such as 0=0003 or" + " 4=\"PING\"");
    int at = reader.at();
    byte[] bytes = reader.bytes();
    if (offset < 0 && offset + bytes.length > 0) {
      throw reader.wrong(at, "offset " + offset + ": " + beyond(bytes.length));
    }
    String value = reader.since(at);
    String text = offset + "=" + (value.startsWith("\"") ? value : value.toLowerCase(Locale.ROOT));
    return new Frames(
        direction, length, with(contents, new Content(offset, bytes)), with(written, text));
  }

  /**
   * The direction of the frames.
   *
   * @return the direction
   */
  public Direction direction() {
    return direction;
  }

  /** Whether every frame of the direction is of this kind. */
  boolean areAll() {
    return length == ANY && contents.isEmpty();
  }

  /** The length that a payload must have; -1 for any. */
  int length() {
    return length;
  }

  /** What must be in a payload. */
  List<Content> contents() {
    return contents;
  }

  /** Whether no frame is of both kinds, as far as that is easy to see. */
  boolean excludes(Frames other) {
    if (length != ANY && other.length != ANY && length != other.length) {
      return true;
    }
    for (Content one : contents) {
      for (Content another : other.contents) {
        if (one.excludes(another)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether a frame of that direction is of this kind.
   *
   * @param payload its payload; left as it is
   * @return true when it meets all conditions
   */
  public boolean matches(ByteBuffer payload) {
    if (length != ANY && payload.remaining() != length) {
      return false;
    }
    for (int i = 0; i < contents.size(); i++) {
      if (!contents.get(i).isIn(payload)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frames that
        && direction == that.direction
        && length == that.length
        && contents.equals(that.contents);
  }

  @Override
  public int hashCode() {
    return Objects.hash(direction, length, contents);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return direction + (written.isEmpty() ? "" : "[" + String.join(",", written) + "]");
  }
}
