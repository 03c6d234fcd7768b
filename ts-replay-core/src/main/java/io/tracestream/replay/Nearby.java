package io.tracestream.replay;

import java.util.Objects;

/**
 * An entry nearby, of the same direction, that a frame equals which came in the place of another.
 * Immutable.
 */
public final class Nearby {
  private final long entry;
  private final long line;
  private final int steps;

  private Nearby(long entry, long line, int steps) {
    this.entry = entry;
    this.line = line;
    this.steps = steps;
  }

  /**
   * An entry nearby.
   *
   * @param entry its number, from 1, both directions counted
   * @param line its line in the recording, from 1
   * @param steps how many entries of the direction it is ahead; below 0 when it is back
   * @return the entry
   */
  public static Nearby of(long entry, long line, int steps) {
    return new Nearby(entry, line, steps);
  }

  /**
   * The entry's number.
   *
   * @return from 1, both directions counted
   */
  public long entry() {
    return entry;
  }

  /**
   * Its line in the recording.
   *
   * @return from 1
   */
  public long line() {
    return line;
  }

  /**
   * How many entries of the direction it is ahead of the expected one.
   *
   * @return below 0 when it is back
   */
  public int steps() {
    return steps;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Nearby that
        && entry == that.entry
        && line == that.line
        && steps == that.steps;
  }

  @Override
  public int hashCode() {
    return Objects.hash(entry, line, steps);
  }

  @Override
  public String toString() {
    return "entry " + entry + ", line " + line + ", " + steps + " steps ahead";
  }
}
