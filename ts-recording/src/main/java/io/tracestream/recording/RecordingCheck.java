package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a recording holds from its top to its end, past lines that are damaged. A
 * {@link RecordingReader} stops at the first of these instead.
 *
 * <p>It is made in one pass, in memory that grows with the longest payload, not with the file.
 *
 * @param c2sEntries how many whole entries went to the server
 * @param s2cEntries how many whole entries went to the client
 * @param damagedLines how many lines are damaged
 * @param damage what is wrong with the first {@value #MOST_DAMAGE} of these, in their order
 * @param cutOff whether the last line is one of them because the recorder was stopped inside it
 * @param unendedLine the number of the last line, when it holds a whole entry and has no line end:
 *     no damage, but it may have been cut off between two bytes; else 0
 * @param earlierEntries how many entries have an earlier time than the whole entry before them: no
 *     damage either, a replay takes it as no pause
 * @param firstEarlierLine the line number of the first one of these; else 0
 */
public record RecordingCheck(
    long c2sEntries,
    long s2cEntries,
    long damagedLines,
    List<RecordingException> damage,
    boolean cutOff,
    long unendedLine,
    long earlierEntries,
    long firstEarlierLine) {

  /** So many damaged lines are told one by one; the others are only counted. */
  public static final int MOST_DAMAGE = 100;

  /**
   * Checks a recording.
   *
   * @param file the recording
   * @param maxPayloadLength the longest payload to take, in bytes; a longer one counts as damage
   * @return what it holds
   * @throws RecordingException when there is no such file, it cannot be read, is of another version
   *     or another kind of file: it has neither a version line nor a whole entry, but other lines
   * @throws IOException when reading fails
   */
  public static RecordingCheck of(Path file, int maxPayloadLength) throws IOException {
    try (RecordingScan scan = new RecordingScan(file, maxPayloadLength)) {
      return scan.run(EntrySink.NONE);
    }
  }

  /**
   * Checks a recording and writes what is whole to another file: the version line, the comments as
   * they are, and each whole entry. Blank lines and damaged ones are left out.
   *
   * <p>That file is written whole or not at all: until it is whole it has a name of its own, which
   * ends with {@code .part}, in the same folder. Without a whole entry nothing is written.
   *
   * @param file the recording, which is left as it is
   * @param maxPayloadLength the longest payload to take, in bytes; a longer one is left out
   * @param out where to write; an earlier recording there is replaced
   * @return what the damaged recording holds
   * @throws RecordingException as in {@link #of}; and when {@code out} is the recording itself, is
   *     no recording, is being recorded to or cannot be written to
   * @throws IOException when reading or writing fails
   */
  public static RecordingCheck repair(Path file, int maxPayloadLength, Path out)
      throws IOException {
    try (RecordingScan scan = new RecordingScan(file, maxPayloadLength);
        RepairedFile repaired = RepairedFile.create(file, out)) {
      RecordingCheck check = scan.run(repaired);
      if (check.entries() > 0) {
        repaired.commit();
      }
      return check;
    }
  }

  /**
   * Whether it is a recording and no line is damaged.
   *
   * @return true when a {@link RecordingReader} reads all of it, and finds an entry
   */
  public boolean isWhole() {
    return damagedLines == 0 && entries() > 0;
  }

  /**
   * All whole entries.
   *
   * @return how many there are in both directions
   */
  public long entries() {
    return c2sEntries + s2cEntries;
  }
}
