package io.tracestream.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Tells numbers that are times. */
final class Times {
  /** Seconds since 1970: what is before, or behind, is hardly the time of a recording. */
  private static final long EARLIEST = Instant.parse("2010-01-01T00:00:00Z").getEpochSecond();

  private static final long LATEST = Instant.parse("2050-01-01T00:00:00Z").getEpochSecond();
  /** Seconds within which the times of one recording are: random numbers are not. */
  private static final long RECORDING = 86_400;

  private Times() {}

  /** Whether the field, of 4 or 8 bytes, holds a time in both payloads of all pairs. */
  static boolean areIn(Field field, List<Pair> pairs, boolean bigEndian) {
    if (!pairs.stream().allMatch(pair -> pair.has(field))
        || TextBytes.all(field, pairs, TextBytes::isPrintable)) {
      return false;
    }
    long[] units =
        field.length() == 4 ? new long[] {1} : new long[] {1, 1000, 1_000_000, 1_000_000_000};
    for (long unit : units) {
      if (areIn(field, pairs, bigEndian, unit, Pair::payloadOfA)
          && areIn(field, pairs, bigEndian, unit, Pair::payloadOfB)) {
        return true;
      }
    }
    return false;
  }

  private static boolean areIn(
      Field field, List<Pair> pairs, boolean bigEndian, long unit, Function<Pair, byte[]> payload) {
    long[] seconds = pairs.stream()
        .mapToLong(pair -> number(Bytes.of(field, payload.apply(pair)), bigEndian) / unit)
        .toArray();
    long least = LongStream.of(seconds).min().orElse(0);
    long most = LongStream.of(seconds).max().orElse(0);
    return least >= EARLIEST && most <= LATEST && most - least <= RECORDING;
  }

  private static long number(ByteBuffer bytes, boolean bigEndian) {
    bytes.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return bytes.remaining() == 4 ? bytes.getInt() & 0xffff_ffffL : bytes.getLong();
  }
}
