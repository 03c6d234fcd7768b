package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.util.Objects;

/** The place of an entry in its recording, or the place after the last entry. Immutable. */
public final class Place {
  private final String recording;
  private final Direction direction;
  private final long entry;
  private final long entries;
  private final long line;

  private Place(String recording, Direction direction, long entry, long entries, long line) {
    this.recording = Objects.requireNonNull(recording, "recording");
    this.direction = Objects.requireNonNull(direction, "direction");
    this.entry = entry;
    this.entries = entries;
    this.line = line;
  }

  /**
   * A place.
   *
   * @param recording the recording's file name
   * @param direction the entry's direction; after the last entry, that of the frames that are
   *     compared
   * @param entry the entry's number, from 1, both directions counted; after the last entry, one
   *     more than there are
   * @param entries how many entries the recording has; 0 if that is not known
   * @param line the entry's line, from 1; 0 after the last entry
   * @return the place
   */
  public static Place of(
      String recording, Direction direction, long entry, long entries, long line) {
    return new Place(recording, direction, entry, entries, line);
  }

  /**
   * The recording's file name; of a recording in several files, the name of the one that has the
   * entry.
   *
   * @return the name
   */
  public String recording() {
    return recording;
  }

  /**
   * The entry's direction.
   *
   * @return the direction; after the last entry, that of the frames that are compared
   */
  public Direction direction() {
    return direction;
  }

  /**
   * The entry's number.
   *
   * @return from 1, both directions counted; after the last entry, one more than there are
   */
  public long entry() {
    return entry;
  }

  /**
   * How many entries the recording has.
   *
   * @return the number; 0 if it is not known, because the end is far away
   */
  public long entries() {
    return entries;
  }

  /**
   * The entry's line.
   *
   * @return from 1; 0 after the last entry
   */
  public long line() {
    return line;
  }

  /** Whether this is after the last entry. */
  boolean isEnd() {
    return line == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Place that
        && recording.equals(that.recording)
        && direction == that.direction
        && entry == that.entry
        && entries == that.entries
        && line == that.line;
  }

  @Override
  public int hashCode() {
    return Objects.hash(recording, direction, entry, entries, line);
  }

  /**
   * The place in words.
   *
   * @return such as {@code c2s entry 3 of 6, login.rec:4}, or {@code c2s after the last of 6
   *     entries, login.rec}
   */
  @Override
  public String toString() {
    if (isEnd()) {
      return direction + " after the last " + (entries > 0 ? "of " + entries + " entries" : "entry")
          + ", " + recording;
    }
    String of = entries > 0 ? " of " + entries : "";
    return direction + " entry " + entry + of + ", " + recording + ":" + line;
  }
}
