package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One fault: which frames it is done to, and what is done to them where they are sent.
 *
 * <pre>
 *   s2c[0="RESP"] delay 200ms            every such frame
 *   s2c[0="RESP"] 3rd truncate 5 reset   the third one of each connection
 *   c2s every 7th drop                   the 7th, the 14th, ...
 *   s2c 5% corrupt 4+2                   each with a probability of 5 %
 *   s2c 1st on connection 2 reset        only on the second connection
 * </pre>
 *
 * <p>Frames are counted for each connection by itself, from 1. Offsets are in the payload, as in a
 * {@link Field}; {@code truncate} and {@code split} count the bytes of the whole frame, its header
 * included. Immutable: each method that limits a fault returns a changed copy.
 */
public final class Fault implements Cloneable {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** What is done to a frame. */
  public enum Kind {
    /** It is sent later; so are the frames after it, as far as they would overtake it. */
    DELAY,
    /** The same, for a random time. */
    JITTER,
    /** It is not sent. */
    DROP,
    /** It is sent twice. */
    DUPLICATE,
    /** It is sent after some of the frames that follow it. */
    REORDER,
    /** Some bytes of its payload are inverted. */
    CORRUPT,
    /** Its first bytes are sent, and then comes {@link Fault#then}. */
    TRUNCATE,
    /** The receiver's connection is reset in its place. */
    RESET,
    /** The sending ends in its place. */
    END,
    /** Neither it nor anything after it is sent, and the connection stays open. */
    HANG,
    /** It is sent with so many bytes a second. */
    RATE,
    /** It is sent in pieces, with a pause after each. */
    SPLIT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  // Set before anybody else sees the object, and never again.
  private final Kind kind;
  private final Frames frames;
  private final long nanos;
  private final long number;
  private final int length;
  private Kind then = Kind.END;
  private int nth;
  private int every;
  private double probability = 1;
  private long connection;
  /** Made when it is first asked for, as it may be logged for many frames. */
  private @Nullable String text;

  private Fault(Kind kind, Frames frames, long nanos, long number, int length) {
    this.kind = kind;
    this.frames = Objects.requireNonNull(frames, "frames");
    this.nanos = nanos;
    this.number = number;
    this.length = length;
  }

  private Fault with(Consumer<Fault> change) {
    try {
      Fault copy = (Fault) clone();
      copy.text = null;
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  private static long positive(String name, long number) {
    if (number < 1) {
      throw new IllegalArgumentException(name + ": found " + number + ", expected 1 or more");
    }
    return number;
  }

  private static long nanos(Duration time) {
    if (time.isZero() || time.isNegative() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "time: found " + time + ", expected more than 0 and at most " + LONGEST);
    }
    return time.toNanos();
  }

  /**
   * Sends frames later, in their order: frames after them wait as well.
   *
   * @param frames which ones
   * @param time how much later, up to a day
   * @return the fault
   * @throws IllegalArgumentException if the time is out of that range
   */
  public static Fault delay(Frames frames, Duration time) {
    return new Fault(Kind.DELAY, frames, nanos(time), 0, 0);
  }

  /**
   * Sends each of these frames later by a random time, in their order.
   *
   * @param frames which ones
   * @param most the longest time, up to a day
   * @return the fault
   * @throws IllegalArgumentException if the time is out of that range
   */
  public static Fault jitter(Frames frames, Duration most) {
    return new Fault(Kind.JITTER, frames, nanos(most), 0, 0);
  }

  /**
   * Does not send frames.
   *
   * @param frames which ones
   * @return the fault
   */
  public static Fault drop(Frames frames) {
    return new Fault(Kind.DROP, frames, 0, 0, 0);
  }

  /**
   * Sends frames twice.
   *
   * @param frames which ones
   * @return the fault
   */
  public static Fault duplicate(Frames frames) {
    return new Fault(Kind.DUPLICATE, frames, 0, 0, 0);
  }

  /**
   * Sends frames after some that follow them in their direction, at the latest when that ends.
   *
   * @param frames which ones
   * @param later how many frames go first, 1 or more
   * @return the fault
   * @throws IllegalArgumentException if that is out of range
   */
  public static Fault reorder(Frames frames, int later) {
    return new Fault(Kind.REORDER, frames, 0, positive("later", later), 0);
  }

  /**
   * Inverts all bits of some bytes of a payload. Payloads without those bytes stay as they are.
   *
   * @param frames which ones
   * @param offset where, from 0; or below 0 to count from the payload's end
   * @param length how many bytes, 1 or more
   * @return the fault
   * @throws IllegalArgumentException if no payload has those bytes
   */
  public static Fault corrupt(Frames frames, int offset, int length) {
    positive("length", length);
    if (offset < 0 && (long) offset + length > 0) {
      throw new IllegalArgumentException(
          "corrupt " + offset + "+" + length + ": goes beyond the payload's end");
    }
    return new Fault(Kind.CORRUPT, frames, 0, offset, length);
  }

  /**
   * Sends only the beginning of a frame, and then ends the sending.
   *
   * @param frames which ones
   * @param bytes how much of it, with its header; at least one byte of each frame is left out
   * @return the fault
   * @throws IllegalArgumentException if that is less than 1
   */
  public static Fault truncate(Frames frames, int bytes) {
    return new Fault(Kind.TRUNCATE, frames, 0, positive("bytes", bytes), 0);
  }

  /**
   * Resets the connection to the receiver in the place of a frame.
   *
   * @param frames which one
   * @return the fault
   */
  public static Fault reset(Frames frames) {
    return new Fault(Kind.RESET, frames, 0, 0, 0);
  }

  /**
   * Ends the sending in the place of a frame. The other direction goes on.
   *
   * @param frames which one
   * @return the fault
   */
  public static Fault end(Frames frames) {
    return new Fault(Kind.END, frames, 0, 0, 0);
  }

  /**
   * Sends nothing from a frame on, not even the end. The connection stays open.
   *
   * @param frames which one
   * @return the fault
   */
  public static Fault hang(Frames frames) {
    return new Fault(Kind.HANG, frames, 0, 0, 0);
  }

  /**
   * Sends frames slowly.
   *
   * @param frames which ones
   * @param bytesPerSecond how quickly, in bytes a second, 1 or more
   * @return the fault
   * @throws IllegalArgumentException if that is less than 1
   */
  public static Fault rate(Frames frames, long bytesPerSecond) {
    return new Fault(Kind.RATE, frames, 0, positive("bytesPerSecond", bytesPerSecond), 0);
  }

  /**
   * Sends frames in pieces.
   *
   * @param frames which ones
   * @param bytes how long a piece is, 1 or more
   * @param pause how long to wait after each piece but the last, up to a day
   * @return the fault
   * @throws IllegalArgumentException if one of them is out of range
   */
  public static Fault split(Frames frames, int bytes, Duration pause) {
    return new Fault(Kind.SPLIT, frames, nanos(pause), positive("bytes", bytes), 0);
  }

  /**
   * This, with another end after the cut of a {@link #truncate}.
   *
   * @param other {@link Kind#END}, {@link Kind#RESET} or {@link Kind#HANG}
   * @return the changed copy
   * @throws IllegalArgumentException if it is another kind, or this does not truncate
   */
  public Fault then(Kind other) {
    if (kind != Kind.TRUNCATE || other != Kind.END && other != Kind.RESET && other != Kind.HANG) {
      throw new IllegalArgumentException(
          "only end, reset or hang can follow, and only after truncate");
    }
    return with(copy -> copy.then = other);
  }

  /**
   * This, only for one of the frames of a connection.
   *
   * @param number which one of those of its kind, from 1
   * @return the changed copy
   * @throws IllegalArgumentException if it is less than 1
   */
  public Fault nth(int number) {
    positive("nth", number);
    return with(copy -> {
      copy.nth = number;
      copy.every = 0;
      copy.probability = 1;
    });
  }

  /**
   * This, only for every so many of the frames of a connection.
   *
   * @param count such as 7 for the 7th, the 14th and so on
   * @return the changed copy
   * @throws IllegalArgumentException if it is less than 1
   */
  public Fault every(int count) {
    positive("every", count);
    return with(copy -> {
      copy.every = count;
      copy.nth = 0;
      copy.probability = 1;
    });
  }

  /**
   * This, for each of its frames with a probability.
   *
   * @param share above 0, at most 1
   * @return the changed copy
   * @throws IllegalArgumentException if it is out of that range
   */
  public Fault withProbability(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "probability: found " + share + ", expected more than 0 and at most 1");
    }
    return with(copy -> {
      copy.probability = share;
      copy.nth = 0;
      copy.every = 0;
    });
  }

  /**
   * This, only on one connection.
   *
   * @param which its number in the order of accepting, from 1
   * @return the changed copy
   * @throws IllegalArgumentException if it is less than 1
   */
  public Fault onConnection(long which) {
    positive("connection", which);
    return with(copy -> copy.connection = which);
  }

  /**
   * Reads a fault from its text.
   *
   * @param text such as {@code s2c[0="RESP"] 3rd truncate 5}
   * @return the fault
   * @throws IllegalArgumentException when the text is not a fault; one line says where and why
   */
  public static Fault parse(String text) {
    return FaultText.parse(text);
  }

  /**
   * What is done.
   *
   * @return the kind of fault
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Which frames it is done to, before they are counted.
   *
   * @return their kind
   */
  public Frames frames() {
    return frames;
  }

  /**
   * The time of a delay, the longest of a jitter, the pause of a split.
   *
   * @return nanoseconds; 0 for other faults
   */
  public long nanos() {
    return nanos;
  }

  /**
   * The number after the kind: how many frames go first, the offset of a corruption, the bytes of a
   * cut or a piece, the bytes a second.
   *
   * @return the number; 0 for other faults
   */
  public long number() {
    return number;
  }

  /**
   * How many bytes are corrupted.
   *
   * @return the number; 0 for other faults
   */
  public int length() {
    return length;
  }

  /**
   * What comes after the cut of a truncated frame.
   *
   * @return end, reset or hang
   */
  public Kind then() {
    return then;
  }

  /**
   * Whether this connection has the fault at all.
   *
   * @param which its number, from 1
   * @return true unless it is limited to another one
   */
  public boolean isOn(long which) {
    return connection == 0 || connection == which;
  }

  /**
   * Whether it is done to a frame of its kind.
   *
   * @param count how many frames of its kind have come on the connection, this one included
   * @param random decides where there is a probability; asked once for each frame then
   * @return true if it is
   */
  public boolean isDone(long count, RandomGenerator random) {
    if (nth > 0) {
      return count == nth;
    }
    if (every > 0) {
      return count % every == 0;
    }
    return probability == 1 || random.nextDouble() < probability;
  }

  int nth() {
    return nth;
  }

  int every() {
    return every;
  }

  double probability() {
    return probability;
  }

  long connection() {
    return connection;
  }

  /** The direction of its frames. */
  Direction direction() {
    return frames.direction();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fault that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = FaultText.of(this);
      text = known; // from several threads, the same
    }
    return known;
  }
}
