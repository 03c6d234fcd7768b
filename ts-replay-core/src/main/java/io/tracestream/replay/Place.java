package io.tracestream.replay;

import io.tracestream.recording.Direction;

/**
 * An entry's place in its recording, or the place behind the last one.
 *
 * @param recording the recording's file name
 * @param direction the entry's; behind the last one, that of the frames that are compared
 * @param entry the entry's number, from 1, both directions counted; behind the last one, one more
 *     than there are
 * @param entries how many entries the recording has; 0 where that is not known, as its end is far
 * @param line the entry's line, from 1; 0 behind the last one
 */
public record Place(String recording, Direction direction, long entry, long entries, long line) {

  Place withEntries(long known) {
    return new Place(recording, direction, entry, known, line);
  }

  /** Whether this is behind the last entry. */
  boolean isEnd() {
    return line == 0;
  }

  /**
   * The place in words.
   *
   * @return such as {@code c2s entry 3 of 6, login.rec:4}, or {@code c2s behind the last entry, 6
   *     of 6, login.rec}
   */
  @Override
  public String toString() {
    String of = entries > 0 ? " of " + entries : "";
    return isEnd()
        ? direction + " behind the last entry" + (entries > 0 ? ", " + entries + of : "") + ", "
            + recording
        : direction + " entry " + entry + of + ", " + recording + ":" + line;
  }
}
