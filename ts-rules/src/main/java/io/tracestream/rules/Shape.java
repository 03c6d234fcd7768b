package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What tells where some bytes end whose number varies. Immutable. */
final class Shape {
  private static final int LONGEST_VARINT = 10;
  private static final String[] NAMES = {
    "digits", "len8", "len16le", "len16", "len32le", "len32", "lenvar", "varint", "rest"
  };
  static final String ALL =
      "digits, len8, len16, len32, len16le, len32le, lenvar, varint, to\"TEXT\", to=HEX or rest";

  /** One of NAMES; or how the delimiter was written. */
  private final String text;
  /** Null unless the bytes end before it. */
  private final byte[] delimiter;

  private Shape(String text, byte[] delimiter) {
    this.text = text;
    this.delimiter = delimiter;
  }

  /** The shape that is next; null if there is none. */
  static Shape read(RuleReader reader) {
    for (String name : NAMES) {
      if (reader.skip(name)) {
        return new Shape(name, null);
      }
    }
    int from = reader.at();
    if (reader.skip("to=") || reader.skip("to") && reader.sees("\"")) {
      byte[] delimiter = reader.bytes();
      return new Shape(reader.since(from), delimiter);
    }
    return null;
  }

  boolean isRest() {
    return text.equals("rest");
  }

  /** Where the bytes end that begin at that offset of a payload; -1 when it has no such bytes. */
  int end(ByteBuffer payload, int at) {
    int length = payload.remaining();
    if (delimiter != null) {
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
      case "len8" -> counted(payload, at, 1, false);
      case "len16" -> counted(payload, at, 2, false);
      case "len32" -> counted(payload, at, 4, false);
      case "len16le" -> counted(payload, at, 2, true);
      case "len32le" -> counted(payload, at, 4, true);
      case "lenvar" -> {
        int end = varintEnd(payload, at);
        yield end < 0 ? -1 : after(end, varint(payload, at, end), length);
      }
      case "varint" -> varintEnd(payload, at);
      default -> at <= length ? length : -1;
    };
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private static int counted(ByteBuffer payload, int at, int width, boolean little) {
    int begin = at + width;
    if (begin > payload.remaining()) {
      return -1;
    }
    long count = 0;
    for (int i = 0; i < width; i++) {
      int index = little ? width - 1 - i : i;
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
        && (delimiter == null ? text.equals(that.text) : Arrays.equals(delimiter, that.delimiter));
  }

  @Override
  public int hashCode() {
    return delimiter == null ? text.hashCode() : Arrays.hashCode(delimiter);
  }

  @Override
  public String toString() {
    return text;
  }
}
