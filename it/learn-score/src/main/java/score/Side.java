package score;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A generated client or server in one run: what it knows, and where its values come from. */
final class Side {
  private static final Instant FIRST_RUN = Instant.parse("2026-03-02T08:15:30Z");

  private final int run;
  private final Random random;
  private final Map<String, byte[]> values = new HashMap<>();
  private Instant now;
  private long count = -1;

  Side(String protocol, int run, Duration between, boolean isClient) {
    this.run = run;
    random = new Random(31L * (31L * protocol.hashCode() + run) + (isClient ? 0 : 1));
    now = FIRST_RUN.plus(between.multipliedBy(run));
  }

  /** The number of the run, from 0. */
  int run() {
    return run;
  }

  Random random() {
    return random;
  }

  byte[] randomBytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A simulated clock: some milliseconds later with each call. */
  Instant now() {
    now = now.plusNanos(1_000_000 + random.nextInt(40_000_000));
    return now;
  }

  /** The next number, from a random one that fits this many bytes with room to count on. */
  long count(int size) {
    if (count < 0) {
      count = size == 1 ? random.nextInt(200) : random.nextLong(1L << (8 * Math.min(size, 7) - 1));
    }
    return count++;
  }

  long countFrom(long first) {
    count = count < 0 ? first : count + 1;
    return count;
  }

  void keep(String name, byte[] value) {
    values.put(name, value);
  }

  byte[] kept(String name) {
    return values.get(name);
  }
}
