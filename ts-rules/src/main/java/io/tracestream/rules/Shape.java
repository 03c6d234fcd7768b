package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What tells where some bytes end whose number varies. Immutable. */
public final class Shape {
  private static final int LONGEST_VARINT = 10;
  private static final String[] NAMES = {
    "digits", "len8", "len16le", "len16", "len32le", "len32", "lenvar", "varint", "rest"
  };
  private static final String ALL =
      "digits, len8, len16, len32, len16le, len32le, lenvar, varint, to\"TEXT\", to=HEX or rest";

  /** One of NAMES; or how the delimiter was written. */
  private final String text;
  /** Empty unless the bytes end before it. */
  private final byte[] delimiter;
  /** Bytes of the length that stands before the others, if that has a fixed size; else 0. */
  private final int width;

  private final boolean isLittle;

  private Shape(String text, byte... delimiter) {
    this.text = text;
    this.delimiter = delimiter;
    this.width = switch (text) {
      case "len8" -> 1;
      case "len16", "len16le" -> 2;
      case "len32", "len32le" -> 4;
      default -> 0;
    };
    this.isLittle = text.endsWith("le");
  }

  /**
   * Reads a shape from its text.
   *
   * @param text {@code digits}, {@code len8}, {@code len16}, {@code len32}, {@code len16le},
   *     {@code len32le}, {@code lenvar}, {@code varint}, {@code to"TEXT"}, {@code to=HEX} or
   *     {@code rest}
   * @return the shape
   * @throws IllegalArgumentException if the text is not a shape; one line says where and why
   */
  public static Shape parse(String text) {
    RuleReader reader = new RuleReader(text);
    Shape shape = require(reader);
    reader.requireEnd("the shape");
    return shape;
  }

  /** The shape that is next; an error if there is none. */
  static Shape require(RuleReader reader) {
    for (String name : NAMES) {
      if (reader.skip(name)) {
        return new Shape(name);
      }
    }
    int from = reader.at();
    if (reader.skip("to=") || reader.skip("to") && reader.sees("\"")) {
      byte[] delimiter = reader.bytes();
      return new Shape(reader.since(from), delimiter);
    }
    throw reader.wrong("not a length; write a number of bytes, such as c2s:4+2, or " + ALL);
  }

  boolean isRest() {
    return text.equals("rest");
  }

  boolean isVarint() {
    return text.equals("varint");
  }

  /** Whether it holds bytes of any content, up to a number of them. */
  boolean holdsAnyBytes() {
    return isRest() || text.startsWith("len");
  }

  /** The longest content that can say its length, in bytes. */
  int most() {
    return width == 0 || width == 4 ? Integer.MAX_VALUE : (1 << 8 * width) - 1;
  }

  /** Whether a content of that many bytes can say its length. */
  boolean fits(int length) {
    return length <= most();
  }

  /** The bytes of a field with that content, which fits. */
  byte[] field(byte[] content) {
    ByteBuffer field = ByteBuffer.allocate(LONGEST_VARINT + content.length);
    if (text.equals("lenvar")) {
      int left = content.length;
      for (; left > 0x7f; left >>>= 7) {
        field.put((byte) (left | 0x80));
      }
      field.put((byte) left);
    } else {
      for (int i = 0; i < width; i++) {
        int index = isLittle ? i : width - 1 - i;
        field.put((byte) (content.length >>> 8 * index));
      }
    }
    byte[] bytes = new byte[field.put(content).position()];
    field.flip().get(bytes);
    return bytes;
  }

  /**
   * Where the bytes of a field end.
   *
   * @param payload from its position to its limit; left as it is
   * @param at where the field begins, from 0
   * @return an offset; -1 if the payload has no such bytes there
   */
  public int end(ByteBuffer payload, int at) {
    int length = payload.remaining();
    if (width > 0) {
      return counted(payload, at);
    }
    if (delimiter.length > 0) {
      return delimiterFrom(payload, at);
    }
    return switch (text) {
      case "digits" -> {
        int end = at;
        while (end < length && isDigit(payload.get(payload.position() + end))) {
          end++;
        }
        yield end > at ? end : -1;
      }
      case "lenvar" -> {
        int end = varintEnd(payload, at);
        yield end < 0 ? -1 : after(end, varint(payload, at, end), length);
      }
      case "varint" -> varintEnd(payload, at);
      default -> at <= length ? length : -1;
    };
  }

  /**
   * How many bytes before the content say how long that is.
   *
   * @param field the bytes of such a field, and possibly more
   * @return 0 where nothing says it
   */
  public int prefix(ByteBuffer field) {
    return text.equals("lenvar") ? varintEnd(field, 0) : width;
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private int counted(ByteBuffer payload, int at) {
    int begin = at + width;
    if (begin > payload.remaining()) {
      return -1;
    }
    long count = 0;
    for (int i = 0; i < width; i++) {
      int index = isLittle ? width - 1 - i : i;
      count = count << 8 | payload.get(payload.position() + at + index) & 0xff;
    }
    return after(begin, count, payload.remaining());
  }

  private static int after(int begin, long count, int length) {
    return count >= 0 && count <= length - begin ? begin + (int) count : -1;
  }

  private static int varintEnd(ByteBuffer payload, int at) {
    int most = Math.min(payload.remaining(), at + LONGEST_VARINT);
    for (int end = at; end < most; end++) {
      if (payload.get(payload.position() + end) >= 0) {
        return end + 1;
      }
    }
    return -1;
  }

  private static long varint(ByteBuffer payload, int at, int end) {
    long value = 0;
    for (int i = end - 1; i >= at; i--) {
      value = value << 7 | payload.get(payload.position() + i) & 0x7f;
    }
    return end - at > LONGEST_VARINT - 1 ? -1 : value;
  }

  private int delimiterFrom(ByteBuffer payload, int at) {
    for (int end = at; end + delimiter.length <= payload.remaining(); end++) {
      int same = 0;
      while (same < delimiter.length
          && payload.get(payload.position() + end + same) == delimiter[same]) {
        same++;
      }
      if (same == delimiter.length) {
        return end;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that
        && (delimiter.length == 0
            ? text.equals(that.text)
            : Arrays.equals(delimiter, that.delimiter));
  }

  @Override
  public int hashCode() {
    return delimiter.length == 0 ? text.hashCode() : Arrays.hashCode(delimiter);
  }

  /** The text that {@link #parse} takes. */
  @Override
  public String toString() {
    return text;
  }
}
