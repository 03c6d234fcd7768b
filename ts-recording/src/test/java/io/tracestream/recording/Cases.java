package io.tracestream.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/** What a property test takes any of. One seed always makes the same. */
final class Cases {
  private final Random random;

  private Cases(Random random) {
    this.random = random;
  }

  static Cases of(long seed) {
    return new Cases(new Random(seed));
  }

  /** Up to twenty entries, some at one time, some far apart; a few payloads are large. */
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    long elapsed = 0;
    for (int i = random.nextInt(21); i > 0; i--) {
      elapsed += random.nextInt(3) == 0 ? 0 : random.nextLong() >>> 6 + random.nextInt(58);
      entries.add(new Entry(elapsed, coin() ? Direction.C2S : Direction.S2C, bytes(length())));
    }
    return entries;
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private int length() {
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3 -> 0;
      case 4 -> 32_700 + random.nextInt(100);
      case 5 -> 131_000 + random.nextInt(100);
      case 6 -> random.nextInt(300_000);
      default -> random.nextInt(50);
    };
  }

  /** The sizes of reads: single bytes and large ones, mixed as the seed has it. */
  IntSupplier readSizes() {
    int most = 1 << 1 + random.nextInt(17);
    return () -> random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(most);
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  /** A recording as an editor may leave it, with bytes struck out, put in and changed. */
  byte[] damagedText() {
    StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(random.nextInt(2000)).append(coin() ? "\tc2s\t" : "\ts2c\t");
      text.append(coin() ? "" : "6a4B").append(coin() ? "\n" : coin() ? "\r\n" : "\n\n#\n");
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      String any = "\t\n\r #0129acsxF\u00ff";
      String other = any.substring(random.nextInt(any.length())).substring(0, 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, other);
        case 1 -> text.delete(at, at + 1);
        case 2 -> text.setLength(at);
        default -> text.replace(at, at + 1, other);
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
