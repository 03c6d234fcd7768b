package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/** Reads the text of one rule from left to right. Its errors name the character they are about. */
final class RuleReader {
  /** The longest payload that there is, in bytes. */
  static final int LARGEST_PAYLOAD = 2_147_483_639;

  private static final int MOST_DIGITS = 10;

  private final String text;
  private int at;

  RuleReader(String text) {
    this.text = text;
  }

  int at() {
    return at;
  }

  /** Goes back to a place. */
  void backTo(int place) {
    at = place;
  }

  /** What was read since that place. */
  String since(int place) {
    return text.substring(place, at);
  }

  boolean isAtEnd() {
    return at == text.length();
  }

  /** Whether that is next. */
  boolean sees(String expected) {
    return text.startsWith(expected, at);
  }

  /** Goes past that, if it is next. */
  boolean skip(String expected) {
    boolean is = sees(expected);
    at += is ? expected.length() : 0;
    return is;
  }

  void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  void require(String expected, String orElse) {
    if (!skip(expected)) {
      throw wrong(orElse);
    }
  }

  void requireEnd(String what) {
    if (!isAtEnd()) {
      throw wrong("nothing may follow " + what);
    }
  }

  /** The error of what is next. */
  IllegalArgumentException wrong(String why) {
    return wrong(at, why);
  }

  /** The error of what is at that place. */
  IllegalArgumentException wrong(int place, String why) {
    return new IllegalArgumentException(
        Shown.quoted(text, place) + ": character " + (place + 1) + ": " + why);
  }

  Direction direction(String orElse) {
    if (skip("c2s")) {
      return Direction.C2S;
    }
    require("s2c", orElse);
    return Direction.S2C;
  }

  boolean seesDigit() {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** A number of bytes, 0 or more. */
  int number(String orElse) {
    int from = at;
    while (seesDigit()) {
      at++;
    }
    if (from == at) {
      throw wrong(orElse);
    }
    boolean isLong = at - from > MOST_DIGITS;
    long number = isLong ? Long.MAX_VALUE : Long.parseLong(text.substring(from, at));
    if (number > LARGEST_PAYLOAD) {
      throw wrong(from, "no payload is longer than " + LARGEST_PAYLOAD + " bytes");
    }
    return (int) number;
  }

  /** Letters, possibly none. */
  String word() {
    int from = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    return since(from);
  }

  /** A number that may have a fraction; a digit must be next. */
  BigDecimal decimal() {
    int from = at;
    number("");
    if (sees(".")) {
      at++;
      int fraction = at;
      number("write digits after the point");
      if (at - fraction > MOST_DIGITS) {
        throw wrong(fraction, "too many digits");
      }
    }
    return new BigDecimal(since(from));
  }

  /** A time above 0, up to a day. */
  Duration time(String orElse) {
    int from = at;
    if (!seesDigit()) {
      throw wrong(orElse);
    }
    BigDecimal number = decimal();
    long unit = skip("ms")
        ? 1_000_000
        : skip("s")
            ? 1_000_000_000
            : skip("m") ? 60_000_000_000L : skip("h") ? 3_600_000_000_000L : 0;
    if (unit == 0) {
      throw wrong(orElse);
    }
    long nanos = number.multiply(BigDecimal.valueOf(unit)).longValue();
    if (nanos <= 0 || nanos > 86_400_000_000_000L) {
      throw wrong(from, "expected a time above 0, and at most 24h");
    }
    return Duration.ofNanos(nanos);
  }

  /** An offset; below 0 when it counts from the payload's end. */
  int offset(String orElse) {
    int from = at;
    boolean fromEnd = skip("-");
    if (fromEnd && !seesDigit()) {
      throw wrong(from, orElse);
    }
    int number = number(orElse);
    if (fromEnd && number == 0) {
      throw wrong(from, "no byte follows the payload's end; -1 is the last byte");
    }
    return fromEnd ? -number : number;
  }

  /** Bytes as text in double quotes, in UTF-8, with \" and \\; or as hex digits. */
  byte[] bytes() {
    return sees("\"") ? quoted() : hex();
  }

  private byte[] quoted() {
    int from = at++;
    StringBuilder content = new StringBuilder();
    while (!sees("\"")) {
      if (sees("\\\"") || sees("\\\\")) {
        at++;
      } else if (sees("\\")) {
        throw wrong("in a text, write \\\\ for a backslash and \\\" for a quote");
      }
      if (isAtEnd()) {
        throw wrong(from, "the text has no closing quote");
      }
      content.append(text.charAt(at++));
    }
    at++;
    return notEmpty(from, content.toString().getBytes(StandardCharsets.UTF_8));
  }

  private byte[] hex() {
    int from = at;
    while (!isAtEnd() && HexFormat.isHexDigit(text.charAt(at))) {
      at++;
    }
    boolean goesOn = !isAtEnd() && Character.isLetterOrDigit(text.charAt(at));
    if (goesOn || (at - from) % 2 > 0) {
      throw wrong(from, "not bytes; write two hex digits for each byte, or text in double quotes");
    }
    return notEmpty(from, HexFormat.of().parseHex(text, from, at));
  }

  private byte[] notEmpty(int from, byte[] bytes) {
    if (bytes.length == 0) {
      throw wrong(
          from, "one byte or more must be here; write them as hex, such as 0003, or as \"text\"");
    }
    return bytes;
  }
}
