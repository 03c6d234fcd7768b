package score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.zip.CRC32;

/** Makes what varies, for the side that sends it. */
interface Value {
  byte[] make(Side side, byte[] frameSoFar);

  static Value random(int size) {
    return (side, frame) -> side.randomBytes(size);
  }

  /** Between so many and so many random letters. */
  static Value word(int least, int most) {
    return (side, frame) -> {
      byte[] word = new byte[least + side.random().nextInt(most - least + 1)];
      for (int i = 0; i < word.length; i++) {
        word[i] = (byte) ('a' + side.random().nextInt(26));
      }
      return word;
    };
  }

  /** Between so many and so many random bytes. */
  static Value blob(int least, int most) {
    return (side, frame) -> side.randomBytes(least + side.random().nextInt(most - least + 1));
  }

  /** Counts on from a number that differs from run to run. */
  static Value counter(int size, ByteOrder order) {
    return (side, frame) -> number(size, order, side.count(size));
  }

  /** Counts on in steps from a number that differs from run to run. */
  static Value counter(int size, ByteOrder order, int step) {
    return (side, frame) -> number(size, order, step * side.count(size));
  }

  /** Decimal digits of one width, with zeros before the number. */
  static Value padded(int width, int most) {
    return (side, frame) ->
        String.format(Locale.ROOT, "%0" + width + "d", side.random().nextInt(most))
            .getBytes(US_ASCII);
  }

  /** As {@link #counter}, but the first run passes its largest number, and goes on with 0. */
  static Value wrapping(int size, ByteOrder order) {
    return (side, frame) -> {
      long any = side.random().nextLong(1L << 8 * size);
      return number(size, order, side.countFrom(side.run() == 0 ? (1L << 8 * size) - 2 : any));
    };
  }

  /** Packed decimals without a meaning, two digits in each byte. */
  static Value packed(int size) {
    return (side, frame) -> {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (side.random().nextInt(10) << 4 | side.random().nextInt(10));
      }
      return bytes;
    };
  }

  /** How long something took, in units of which so many are in a second: less than a tenth. */
  static Value duration(int size, ByteOrder order, long perSecond) {
    return (side, frame) -> number(
        size, order, (long) (side.random().nextDouble() * 0.1 * perSecond));
  }

  /** The number of four bytes that the side keeps by a name, plus one. */
  static Value next(String name) {
    return (side, frame) -> {
      int number = ByteBuffer.wrap(side.kept(name)).getInt();
      return number(4, ByteOrder.BIG_ENDIAN, number + 1L);
    };
  }

  /**
   * As {@link #counter}, in decimal digits: some runs begin below a power of ten, some above it.
   */
  static Value digits(int power) {
    return (side, frame) -> {
      Random random = side.random();
      int first =
          random.nextBoolean() ? power - 1 - random.nextInt(5) : power + random.nextInt(power);
      return Long.toString(side.countFrom(first)).getBytes(US_ASCII);
    };
  }

  static Value varint() {
    return (side, frame) -> varint(side.countFrom(100 + side.random().nextInt(40)));
  }

  static Value uuid() {
    return (side, frame) -> {
      byte[] bytes = side.randomBytes(16);
      ByteBuffer halves = ByteBuffer.wrap(bytes);
      return new UUID(halves.getLong(), halves.getLong()).toString().getBytes(US_ASCII);
    };
  }

  static Value hexText(int size) {
    return (side, frame) -> HexFormat.of().formatHex(side.randomBytes(size)).getBytes(US_ASCII);
  }

  static Value upperHexText(int size) {
    HexFormat hex = HexFormat.of().withUpperCase();
    return (side, frame) -> hex.formatHex(side.randomBytes(size)).getBytes(US_ASCII);
  }

  static Value base64(int size) {
    return (side, frame) -> Base64.getEncoder().encode(side.randomBytes(size));
  }

  static Value time(Function<Instant, byte[]> format) {
    return (side, frame) -> format.apply(side.now());
  }

  /** The time in units since an epoch. */
  static Value ticks(int size, ByteOrder order, long epochSeconds, long perSecond) {
    return time(now -> number(
        size,
        order,
        (now.getEpochSecond() - epochSeconds) * perSecond
            + now.getNano() * perSecond / 1_000_000_000));
  }

  static Value timeText(String pattern) {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    return time(now -> format.format(now).getBytes(US_ASCII));
  }

  /** Seconds since 1900, and a 32-bit fraction of a second. */
  static Value ntp() {
    return time(now -> ByteBuffer.allocate(8)
        .putInt((int) (now.getEpochSecond() + 2_208_988_800L))
        .putInt((int) (((long) now.getNano() << 32) / 1_000_000_000L))
        .array());
  }

  /** Packed decimals, two digits in each byte. */
  static Value bcd(String pattern) {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    return time(now -> HexFormat.of().parseHex(format.format(now)));
  }

  static Value secondsAsDouble() {
    return time(now -> ByteBuffer.allocate(8)
        .putDouble(now.getEpochSecond() + now.getNano() / 1e9)
        .array());
  }

  /** Computed from the bytes before it, with a key that both sides know. */
  static Value mac(int size) {
    return (side, frame) -> {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update("the key of both".getBytes(US_ASCII));
        return Arrays.copyOf(digest.digest(frame), size);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  static Value crc32() {
    return (side, frame) -> {
      CRC32 crc = new CRC32();
      crc.update(frame);
      return number(4, ByteOrder.BIG_ENDIAN, crc.getValue());
    };
  }

  static byte[] number(int size, ByteOrder order, long value) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      int shift = order == ByteOrder.BIG_ENDIAN ? size - 1 - i : i;
      bytes[i] = (byte) (value >>> (8 * shift));
    }
    return bytes;
  }

  static byte[] varint(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(10);
    long left = value;
    for (; left >= 0x80; left >>>= 7) {
      bytes.put((byte) (left | 0x80));
    }
    bytes.put((byte) left);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
