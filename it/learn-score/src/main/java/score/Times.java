package score;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.function.DoubleUnaryOperator;

/**
 * Says which bytes are a time of about now. The high-order ones among them are the same in all runs
 * of a day, and may be others all the same.
 */
final class Times {
  private static final long FROM_1601 = 11_644_473_600L;
  private static final long FROM_1900 = 2_208_988_800L;
  private static final double DAY = 86_400;

  private Times() {}

  /** Whether a byte is part of a time within a day of now. */
  static boolean has(byte[] payload, int offset) {
    for (int at = Math.max(0, offset - 12); at <= offset; at++) {
      if (isDigits(payload, at, 13, offset, 1000)
          || isDigits(payload, at, 10, offset, 1)
          || isDate(payload, at, offset)
          || isNumber(payload, at, 8, offset, bits -> bits / 1e3)
          || isNumber(payload, at, 8, offset, bits -> bits / 1e6)
          || isNumber(payload, at, 8, offset, bits -> bits / 1e9)
          || isNumber(payload, at, 8, offset, bits -> bits / 1e7 - FROM_1601)
          || isNumber(payload, at, 4, offset, bits -> bits)
          || isNumber(payload, at, 4, offset, bits -> bits - FROM_1900)
          || isDouble(payload, at, offset)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNow(double seconds) {
    return Math.abs(seconds - Instant.now().getEpochSecond()) < DAY;
  }

  private static boolean isDigits(byte[] payload, int at, int width, int offset, int units) {
    if (offset >= at + width || at + width > payload.length) {
      return false;
    }
    String text = new String(payload, at, width, StandardCharsets.ISO_8859_1);
    return text.chars().allMatch(one -> one >= '0' && one <= '9')
        && isNow((double) Long.parseLong(text) / units);
  }

  /** Whether ten digits are month, day, hour, minute and second, as in ISO 8583. */
  private static boolean isDate(byte[] payload, int at, int offset) {
    if (offset >= at + 10 || at + 10 > payload.length) {
      return false;
    }
    String text = new String(payload, at, 10, StandardCharsets.ISO_8859_1);
    try {
      LocalDateTime time =
          LocalDateTime.parse(LocalDate.now().getYear() + text, DateTimeFormatter.ofPattern("yyyyMMddHHmmss"));
      return isNow(time.atZone(ZoneId.systemDefault()).toEpochSecond());
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static boolean isNumber(
      byte[] payload, int at, int width, int offset, DoubleUnaryOperator seconds) {
    if (offset >= at + width || at + width > payload.length) {
      return false;
    }
    long big = 0;
    long little = 0;
    for (int i = 0; i < width; i++) {
      big = big << 8 | payload[at + i] & 0xff;
      little = little << 8 | payload[at + width - 1 - i] & 0xff;
    }
    return isNow(seconds.applyAsDouble(big)) || isNow(seconds.applyAsDouble(little));
  }

  private static boolean isDouble(byte[] payload, int at, int offset) {
    return offset < at + 8
        && at + 8 <= payload.length
        && (isNow(ByteBuffer.wrap(payload, at, 8).getDouble())
            || isNow(Double.longBitsToDouble(
                Long.reverseBytes(ByteBuffer.wrap(payload, at, 8).getLong()))));
  }
}
