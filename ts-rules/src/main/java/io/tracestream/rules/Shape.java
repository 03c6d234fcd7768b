package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What tells where some bytes end whose number varies. Immutable. */
public final class Shape {
  /** What is written in place of bytes that are not to be recorded: an asterisk. */
  static final byte BLANK = '*';

  private static final int LONGEST_VARINT = 10;
  private static final String[] NAMES = {
    "digits", "len8", "len16le", "len16", "len32le", "len32", "lenvar", "varint", "rest"
  };
  /** Those that only a length takes: a number in that many bits. */
  private static final String[] NUMBERS = {"u8", "u16le", "u16", "u32le", "u32"};

  private static final int MOST_DIGITS = 18;

  private static final String ALL =
      "digits, len8, len16, len32, len16le, len32le, lenvar, varint, to\"TEXT\", to=HEX or rest";

  /** One of NAMES or NUMBERS; or how the delimiter was written. */
  private final String text;
  /** Empty unless the bytes end before it. */
  private final byte[] delimiter;
  /** Bytes of the length that stands before the others, if that has a fixed size; else 0. */
  private final int width;
  /** Bytes of the number, if that has a fixed size; else 0. */
  private final int numberWidth;

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
    this.numberWidth = switch (text) {
      case "u8" -> 1;
      case "u16", "u16le" -> 2;
      case "u32", "u32le" -> 4;
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
    for (String name : NUMBERS) {
      if (reader.skip(name)) {
        Shape number = new Shape(name);
        throw reader.wrong(from, name + " is for a length only; write " + number.numberWidth);
      }
    }
    if (reader.skip("to=") || reader.skip("to") && reader.sees("\"")) {
      byte[] delimiter = reader.bytes();
      return new Shape(reader.since(from), delimiter);
    }
    throw reader.wrong("not a length; write a number of bytes, such as c2s:4+2, or " + ALL);
  }

  /** The shape of a number that is next; an error if there is none. */
  static Shape requireNumber(RuleReader reader) {
    for (String name : NUMBERS) {
      if (reader.skip(name)) {
        return new Shape(name);
      }
    }
    for (String name : new String[] {"digits", "varint"}) {
      if (reader.skip(name)) {
        return new Shape(name);
      }
    }
    throw reader.wrong(
        "not a number; write u8, u16, u32, u16le, u32le, varint or digits, such as" + " c2s:2+u16");
  }

  /** Whether it can say a length. */
  boolean isNumber() {
    return numberWidth > 0 || isVarint() || text.equals("digits");
  }

  /**
   * Replaces what such a field says, so that it ends where it ended.
   *
   * @param field the bytes of a field; changed in place
   */
  void blank(ByteBuffer field) {
    int from = field.position() + prefix(field);
    int to = field.limit();
    byte blank = text.equals("digits") ? (byte) '0' : BLANK;
    for (byte other = Byte.MIN_VALUE; isIn(delimiter, blank) && other < Byte.MAX_VALUE; other++) {
      blank = other;
    }
    for (int at = from; at < to; at++) {
      boolean goesOn = isVarint() && at < to - 1;
      field.put(at, goesOn ? (byte) (blank | 0x80) : blank);
    }
  }

  private static boolean isIn(byte[] bytes, byte one) {
    for (byte each : bytes) {
      if (each == one) {
        return true;
      }
    }
    return false;
  }

  /** The number that these bytes say; -1 if it is larger than any length. */
  long number(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (isVarint()) {
      return varint(bytes, 0, length);
    }
    if (numberWidth > 0) {
      return fixed(bytes, 0, numberWidth);
    }
    if (length > MOST_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      number = 10 * number + bytes.get(bytes.position() + i) - '0';
    }
    return number;
  }

  /**
   * The bytes that say a number, in the form of others: digits keep zeros before them, and a varint
   * that is longer than it must be stays so long. Null if the number does not fit.
   */
  byte @Nullable [] bytesOf(long number, ByteBuffer before) {
    int length = before.remaining();
    if (number < 0 || numberWidth > 0 && number >>> 8 * numberWidth != 0) {
      return null;
    }
    if (numberWidth > 0) {
      return fixedBytes(number, numberWidth);
    }
    if (isVarint()) {
      boolean isPadded = length > 1 && before.get(before.position() + length - 1) == 0;
      return varintBytes(number, isPadded ? length : 0);
    }
    String digits = Long.toString(number);
    boolean isPadded = before.get(before.position()) == '0';
    String zeros = "0".repeat(isPadded ? Math.max(0, length - digits.length()) : 0);
    return (zeros + digits).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] fixedBytes(long number, int width) {
    byte[] bytes = new byte[width];
    for (int i = 0; i < width; i++) {
      bytes[isLittle ? i : width - 1 - i] = (byte) (number >>> 8 * i);
    }
    return bytes;
  }

  private static byte[] varintBytes(long number, int fewest) {
    byte[] bytes = new byte[Math.max(varintLength(number), fewest)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (number >>> 7 * i & 0x7f | (i < bytes.length - 1 ? 0x80 : 0));
    }
    return bytes;
  }

  private static int varintLength(long number) {
    int length = 1;
    for (long left = number >>> 7; left != 0; left >>>= 7) {
      length++;
    }
    return length;
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
    byte[] length =
        text.equals("lenvar") ? varintBytes(content.length, 0) : fixedBytes(content.length, width);
    byte[] field = Arrays.copyOf(length, length.length + content.length);
    System.arraycopy(content, 0, field, length.length, content.length);
    return field;
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
    if (numberWidth > 0) {
      return numberWidth <= length - at ? at + numberWidth : -1;
    }
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
    return after(begin, fixed(payload, at, width), payload.remaining());
  }

  private long fixed(ByteBuffer payload, int at, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      int index = isLittle ? bytes - 1 - i : i;
      number = number << 8 | payload.get(payload.position() + at + index) & 0xff;
    }
    return number;
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
