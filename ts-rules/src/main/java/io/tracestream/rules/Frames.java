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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private static final Pattern CONDITION = Pattern.compile(
      "\\s*(?:(?<len>len)|(?<offset>-?\\d{1,10}))="
          + "(?:\"(?<text>[^\"\\\\]*+(?:\\\\[\"\\\\][^\"\\\\]*+)*+)\"|(?<value>[^,\\]\"]*?))\\s*(?<end>[,\\]])");

  private final Direction direction;
  /** The length that a payload must have; -1 for any. */
  private final int length;

  private final List<Content> contents;
  /** The conditions as they were written, without spaces. */
  private final String conditions;

  private Frames(Direction direction, int length, List<Content> contents, String conditions) {
    this.direction = direction;
    this.length = length;
    this.contents = contents;
    this.conditions = conditions;
  }

  /** These bytes stand at that offset. */
  private record Content(int offset, byte[] bytes) {
    boolean isIn(ByteBuffer payload) {
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
   * Reads a kind of frame from its text.
   *
   * @param text such as {@code s2c}, {@code s2c[len=37]} or {@code c2s[0=0003,4="LOGR"]}
   * @return the kind
   * @throws IllegalArgumentException when the text is not a kind of frame; one line says why
   */
  public static Frames parse(String text) {
    String shape = text.length() < 3 ? "" : text.substring(0, 3);
    boolean isPlain = text.length() == 3;
    if (!shape.equals("c2s") && !shape.equals("s2c") || !isPlain && text.charAt(3) != '[') {
      throw new IllegalArgumentException(Shown.quoted(text)
          + ": not a kind of frame; write c2s or s2c, and conditions in brackets, such as"
          + " s2c[len=37], c2s[0=0003,len=9] or s2c[4=\"PING\"]");
    }
    Direction direction = Direction.valueOf(shape.toUpperCase(Locale.ROOT));
    return isPlain
        ? new Frames(direction, -1, List.of(), "")
        : new Conditions(text).parse(direction);
  }

  /** The conditions in a text. */
  private static final class Conditions {
    private final String text;
    private final List<Content> contents = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private int length = -1;

    private Conditions(String text) {
      this.text = text;
    }

    private Frames parse(Direction direction) {
      Matcher next = CONDITION.matcher(text);
      int at = 4;
      do {
        if (!next.find(at) || next.start() != at) {
          throw wrong("not a condition at character " + (at + 1) + "; write len=37, 0=0003 or"
              + " 4=\"PING\", with commas in between, and ] at the end");
        }
        if (next.group("len") != null) {
          addLength(next);
        } else {
          addContent(next);
        }
        at = next.end();
      } while (next.group("end").equals(","));
      if (at < text.length()) {
        throw wrong("nothing may follow the ]");
      }
      return new Frames(direction, length, List.copyOf(contents), String.join(",", written));
    }

    private void addLength(Matcher condition) {
      String digits = condition.group("value");
      if (digits == null || !digits.matches("\\d{1,10}")) {
        throw wrong("len: write a number of bytes, such as len=37");
      }
      if (length >= 0) {
        throw wrong("len is given twice");
      }
      length = number(digits);
      written.add("len=" + length);
    }

    private void addContent(Matcher condition) {
      int offset = number(condition.group("offset"));
      String quoted = condition.group("text");
      byte[] bytes = quoted == null
          ? bytes(condition.group("value"))
          : quoted.replaceAll("\\\\(.)", "$1").getBytes(StandardCharsets.UTF_8);
      if (bytes.length == 0) {
        throw wrong("offset " + offset + ": write one byte or more, such as 0=0003 or 4=\"PING\"");
      }
      if (offset < 0 && offset + bytes.length > 0 || condition.group("offset").equals("-0")) {
        throw wrong("offset " + condition.group("offset") + ": the bytes go beyond the payload's"
            + " end; its last byte is at -1");
      }
      contents.add(new Content(offset, bytes));
      written.add(
          offset + "=" + (quoted == null ? HexFormat.of().formatHex(bytes) : "\"" + quoted + "\""));
    }

    private byte[] bytes(String hex) {
      try {
        return HexFormat.of().parseHex(hex);
      } catch (IllegalArgumentException e) {
        throw wrong(Shown.quoted(hex)
            + " is not bytes; write two hex digits for each byte, or text in double quotes");
      }
    }

    private int number(String digits) {
      long number = Long.parseLong(digits);
      if (Math.abs(number) > Field.LARGEST_PAYLOAD) {
        throw wrong("no payload is longer than " + Field.LARGEST_PAYLOAD + " bytes");
      }
      return (int) number;
    }

    private IllegalArgumentException wrong(String why) {
      return new IllegalArgumentException(Shown.quoted(text) + ": " + why);
    }
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
   * Whether a frame of that direction is of this kind.
   *
   * @param payload its payload; left as it is
   * @return true when it meets all conditions
   */
  public boolean matches(ByteBuffer payload) {
    if (length >= 0 && payload.remaining() != length) {
      return false;
    }
    for (Content content : contents) {
      if (!content.isIn(payload)) {
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
    return direction + (conditions.isEmpty() ? "" : "[" + conditions + "]");
  }
}
