package io.tracestream.replay;

import io.tracestream.rules.Field;
import java.util.List;
import java.util.Objects;

/**
 * An entry near the expected one, of the same direction, that resembles the frame that came: the
 * frame equals it, or differs from it in fewer bytes than from the expected one. Immutable.
 */
public final class Nearby {
  private final long entry;
  private final long line;
  private final int steps;
  private final List<Field> differing;
  private final boolean came;

  private Nearby(long entry, long line, int steps, List<Field> differing, boolean came) {
    this.entry = entry;
    this.line = line;
    this.steps = steps;
    this.differing = differing;
    this.came = came;
  }

  /**
   * An entry that the frame equals.
   *
   * @param entry its number, from 1, both directions counted
   * @param line its line in the recording, from 1
   * @param steps how many entries of the direction it is after the expected one; below 0 when it is
   *     before it
   * @return the entry
   */
  public static Nearby of(long entry, long line, int steps) {
    return new Nearby(entry, line, steps, List.of(), steps < 0);
  }

  /**
   * The same entry, when the frame does not quite equal it.
   *
   * @param places the places that differ; empty when it equals the entry
   * @return the changed copy
   */
  Nearby withDiffering(List<Field> places) {
    return new Nearby(entry, line, steps, List.copyOf(places), came);
  }

  /** The same entry, for frames that may come in any order. */
  Nearby withCame(boolean hasCome) {
    return new Nearby(entry, line, steps, differing, hasCome);
  }

  /** Whether a frame that matched this entry has come already. */
  boolean came() {
    return came;
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
   * How many entries of the direction it is after the expected one.
   *
   * @return below 0 when it is before it
   */
  public int steps() {
    return steps;
  }

  /**
   * The places where the frame differs from it.
   *
   * @return the fields in order, at most 100; empty when the frame equals the entry
   */
  public List<Field> differing() {
    return differing;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Nearby that
        && entry == that.entry
        && line == that.line
        && steps == that.steps
        && came == that.came
        && differing.equals(that.differing);
  }

  @Override
  public int hashCode() {
    return Objects.hash(entry, line, steps, came, differing);
  }

  /** The entry in one line, such as {@code entry 9, line 10, 2 steps after}. */
  @Override
  public String toString() {
    return "entry " + entry + ", line " + line + ", " + Math.abs(steps)
        + (steps > 0 ? " steps after" : " steps before")
        + (differing.isEmpty() ? "" : ", differing in " + differing);
  }
}
