package io.tracestream.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The faults that a running proxy or replay does to the frames it sends. They can be changed at any
 * time, from any thread. A change takes effect with the next frame of each connection, and counting
 * starts again there.
 *
 * <pre>
 *   Faults faults = Faults.of(7, "s2c[0=\"RESP\"] every 3rd delay 200ms");
 *   ...
 *   faults.set(Fault.truncate(Frames.of(Direction.S2C), 5).nth(1));
 *   ...
 *   faults.clear();
 * </pre>
 *
 * <p>If several faults name a frame, all of them are done to it: delays add up, and of several that
 * end the sending, the first counts. The same faults and seed do the same to the same frames of a
 * connection, however they arrive.
 */
public final class Faults {
  private static final long LARGEST_SEED = 1L << 32;

  private final long seed;
  private volatile List<Fault> list = new ArrayList<>();

  private Faults(long seed) {
    this.seed = seed;
  }

  /**
   * No faults so far, with a random seed.
   *
   * @return to be filled with {@link #set}
   */
  public static Faults none() {
    return none(ThreadLocalRandom.current().nextLong(LARGEST_SEED));
  }

  /**
   * No faults so far.
   *
   * @param seed what random decisions depend on
   * @return to be filled with {@link #set}
   */
  public static Faults none(long seed) {
    return new Faults(seed);
  }

  /**
   * Faults as text, with a random seed.
   *
   * @param texts such as {@code s2c every 7th drop}
   * @return the faults
   * @throws IllegalArgumentException when a text is not a fault; one line says why
   */
  public static Faults of(String... texts) {
    Faults faults = none();
    faults.set(texts);
    return faults;
  }

  /**
   * Faults as text.
   *
   * @param seed what random decisions depend on
   * @param texts such as {@code s2c every 7th drop}
   * @return the faults
   * @throws IllegalArgumentException when a text is not a fault; one line says why
   */
  public static Faults of(long seed, String... texts) {
    Faults faults = none(seed);
    faults.set(texts);
    return faults;
  }

  /**
   * Has these faults, and no others.
   *
   * @param faults what to do from now on; copied
   */
  public void set(List<Fault> faults) {
    list = new ArrayList<>(faults); // not List.copyOf: the same faults again are counted again
  }

  /**
   * Has these faults, and no others.
   *
   * @param faults what to do from now on
   */
  public void set(Fault... faults) {
    set(List.of(faults));
  }

  /**
   * Has these faults, and no others.
   *
   * @param texts such as {@code s2c every 7th drop}
   * @throws IllegalArgumentException when a text is not a fault; nothing has changed then
   */
  public void set(String... texts) {
    List<Fault> faults = new ArrayList<>();
    for (String text : texts) {
      faults.add(Fault.parse(text));
    }
    set(faults);
  }

  /** Has no faults from now on. Frames that are delayed still go when they are due. */
  public void clear() {
    set(List.of());
  }

  /**
   * What is done now.
   *
   * @return the faults; another list after each change, so that a change can be noticed. Not to be
   *     changed
   */
  public List<Fault> list() {
    return list;
  }

  /**
   * What random decisions depend on.
   *
   * @return the seed
   */
  public long seed() {
    return seed;
  }

  /**
   * The source of random numbers of one fault on one connection. Each has its own, so that it
   * depends neither on other connections and faults nor on time.
   *
   * @param connection the connection's number
   * @param index the fault's place in the {@link #list}
   * @return a new source
   */
  public RandomGenerator random(long connection, int index) {
    // This generator is the same in each Java version. Its streams of near seeds may overlap.
    return new SplittableRandom(mixed(mixed(mixed(seed) + connection) + index));
  }

  /** The finalizer of MurmurHash3. */
  private static long mixed(long number) {
    long mixed = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  @Override
  public String toString() {
    return list + ", seed " + seed;
  }
}
