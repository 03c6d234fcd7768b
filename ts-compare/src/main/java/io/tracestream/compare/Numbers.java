package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Recognises fields that hold times, or numbers that count up from pair to pair. */
final class Numbers {
  /** This many numbers in a row are hardly chance. */
  private static final int FEWEST = 4;

  private static final BigInteger LONGEST_STEP = BigInteger.valueOf(16);
  /** No number is wider. */
  private static final int WIDEST = 20;

  /** In seconds since 1970: recordings are hardly from before or after these. */
  private static final long EARLIEST = Instant.parse("2010-01-01T00:00:00Z").getEpochSecond();

  private static final long LATEST = Instant.parse("2050-01-01T00:00:00Z").getEpochSecond();
  /** How many seconds the times of one recording may span; random numbers span more. */
  private static final long RECORDING = 86_400;

  /** By how many seconds an entry may be older than an earlier one. */
  private static final long BACKWARDS = 60;

  private Numbers() {}

  /** Whether both payloads of all pairs have the field, and it counts up in small steps. */
  static boolean countUp(Field field, List<Pair> pairs) {
    return pairs.size() >= FEWEST
        && field.length() <= WIDEST
        && pairs.stream().allMatch(pair -> pair.has(field))
        && countsUp(field, pairs, Pair::payloadOfA)
        && countsUp(field, pairs, Pair::payloadOfB);
  }

  private static boolean countsUp(Field field, List<Pair> pairs, Function<Pair, byte[]> payload) {
    boolean isText = Bytes.all(field, pairs, Bytes::isDigits);
    BigInteger last = null;
    for (Pair pair : pairs) {
      BigInteger number = number(Bytes.of(field, payload.apply(pair)), isText);
      if (last != null
          && (number.compareTo(last) <= 0 || number.subtract(last).compareTo(LONGEST_STEP) > 0)) {
        return false;
      }
      last = number;
    }
    return true;
  }

  private static BigInteger number(ByteBuffer bytes, boolean isText) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return isText
        ? new BigInteger(new String(copy, StandardCharsets.ISO_8859_1))
        : new BigInteger(1, copy);
  }

  /** Whether the field holds times, as numbers in either byte order or as text. */
  static boolean areTimes(Field field, List<Pair> pairs) {
    int length = field.length();
    return (length == 4 || length == 8)
            && (areTimes(field, pairs, true) || areTimes(field, pairs, false))
        || Bytes.all(field, pairs, Numbers::isTimeText);
  }

  private static boolean isTimeText(ByteBuffer bytes) {
    String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    if (text.matches("\\d{10}|\\d{13}")) {
      long seconds = Long.parseLong(text.substring(0, 10));
      return seconds >= EARLIEST && seconds <= LATEST;
    }
    return TextShapes.isDate(text);
  }

  /** Whether the field, of 4 or 8 bytes, holds a time in both payloads of all pairs. */
  static boolean areTimes(Field field, List<Pair> pairs, boolean bigEndian) {
    if (!pairs.stream().allMatch(pair -> pair.has(field)) || isLetters(field, pairs, bigEndian)) {
      return false;
    }
    long[] units =
        field.length() == 4 ? new long[] {1} : new long[] {1, 1000, 1_000_000, 1_000_000_000};
    for (long unit : units) {
      if (areTimes(field, pairs, bigEndian, unit, Pair::payloadOfA)
          && areTimes(field, pairs, bigEndian, unit, Pair::payloadOfB)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether its high-order bytes are letters. Those of an 8-byte time never are. Those of a 4-byte
   * time may look like letters, but have no text beside them.
   */
  private static boolean isLetters(Field field, List<Pair> pairs, boolean bigEndian) {
    boolean isLong = field.length() == 8;
    int high = isLong ? 1 : 2;
    int more = isLong ? 0 : 1;
    int from = bigEndian ? field.offset() : Fields.end(field) - high;
    Field highest = Fields.of(field, from, from + high);
    Field beside = Fields.widened(highest, bigEndian ? more : 0, bigEndian ? 0 : more);
    return Bytes.all(field, pairs, Bytes::isPrintable)
        || beside != null && Bytes.all(beside, pairs, Bytes::isPrintable);
  }

  private static boolean areTimes(
      Field field, List<Pair> pairs, boolean bigEndian, long unit, Function<Pair, byte[]> payload) {
    long[] seconds = pairs.stream()
        .sorted(Comparator.comparing(pair -> pair.a().entry()))
        .mapToLong(pair -> timeNumber(Bytes.of(field, payload.apply(pair)), bigEndian) / unit)
        .toArray();
    long least = LongStream.of(seconds).min().orElse(0);
    long most = LongStream.of(seconds).max().orElse(0);
    return least >= EARLIEST && most <= LATEST && most - least <= RECORDING && goOn(seconds);
  }

  private static boolean goOn(long[] seconds) {
    long latest = 0;
    for (long second : seconds) {
      if (second + BACKWARDS < latest) {
        return false;
      }
      latest = Math.max(latest, second);
    }
    return true;
  }

  private static long timeNumber(ByteBuffer bytes, boolean bigEndian) {
    bytes.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return bytes.remaining() == 4 ? bytes.getInt() & 0xffff_ffffL : bytes.getLong();
  }
}
