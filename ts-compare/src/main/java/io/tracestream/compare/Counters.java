package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** Tells numbers that count up from pair to pair. */
final class Counters {
  /** So many numbers in a row are hardly chance. */
  private static final int FEWEST = 4;

  private static final BigInteger LONGEST_STEP = BigInteger.valueOf(16);
  /** No number is longer. */
  private static final int WIDEST = 20;

  private Counters() {}

  /** Whether both payloads of all pairs have the field, and count up in it by small steps. */
  static boolean areIn(Field field, List<Pair> pairs) {
    return pairs.size() >= FEWEST
        && field.length() <= WIDEST
        && pairs.stream().allMatch(pair -> pair.has(field))
        && countsUp(field, pairs, Pair::payloadOfA)
        && countsUp(field, pairs, Pair::payloadOfB);
  }

  private static boolean countsUp(Field field, List<Pair> pairs, Function<Pair, byte[]> payload) {
    boolean isText = TextBytes.all(field, pairs, TextBytes::isDigits);
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
}
