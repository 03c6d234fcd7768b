package io.tracestream.codec;

import io.tracestream.testing.PiecewiseStream;
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

  /** Up to ten payloads that the format allows: mostly small, some empty, a few large. */
  List<byte[]> payloads(FrameFormat format) {
    List<byte[]> payloads = new ArrayList<>();
    for (int i = random.nextInt(11); i > 0; i--) {
      byte[] payload = new byte[Math.min(length(), format.longestPayload())];
      random.nextBytes(payload);
      payloads.add(payload);
    }
    return payloads;
  }

  private int length() {
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3, 4 -> 0;
      case 5 -> 65_500 + random.nextInt(50);
      case 6 -> random.nextInt(300_000);
      case 7, 8, 9 -> 250 + random.nextInt(10);
      default -> random.nextInt(30);
    };
  }

  /** The sizes of reads: single bytes and large ones, mixed as the seed has it. */
  IntSupplier readSizes() {
    int most = 1 << 1 + random.nextInt(17);
    return () -> random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(most);
  }

  /** As {@link #readSizes}, with time-outs among them. */
  IntSupplier readSizesAndTimeOuts() {
    IntSupplier sizes = readSizes();
    return () -> random.nextInt(3) == 0 ? PiecewiseStream.TIME_OUT : sizes.getAsInt();
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  /** Headers that may be right, above the cap or cut, and a few bytes after each. */
  byte[] hostileBytes() {
    byte[] bytes = new byte[random.nextInt(60)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(12) == 0 ? random.nextInt() : random.nextInt(4) / 3);
    }
    return bytes;
  }
}
