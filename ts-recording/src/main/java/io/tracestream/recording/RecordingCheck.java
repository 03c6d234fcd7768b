package io.tracestream.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recording holds from its top to its end, past lines that are damaged. A
 * {@link RecordingReader} stops at the first of these instead.
 *
 * <p>It is made in one pass, in memory that grows with the longest payload, not with the file. Once
 * made, it does not change.
 */
public final class RecordingCheck {
  /** So many damaged lines are told one by one; the others are only counted. */
  public static final int MOST_DAMAGE = 100;

  private long c2sEntries;
  private long s2cEntries;
  private long damagedLines;
  private long lastDamagedLine;
  private final List<RecordingException> damage = new ArrayList<>();
  private boolean cutOff;
  private long unendedLine;
  private long lastElapsedMicros;
  private long earlierEntries;
  private long firstEarlierLine;
  private RecordedEnd end;

  private RecordingCheck() {}

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
    try (RecordingReader reader = open(file, maxPayloadLength)) {
      RecordingCheck check = new RecordingCheck();
      check.read(reader, null);
      return check;
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
    try (RecordingReader reader = open(file, maxPayloadLength);
        RepairedFile repaired = RepairedFile.create(file, out)) {
      RecordingCheck check = new RecordingCheck();
      check.read(reader, repaired);
      if (check.entries() > 0) {
        repaired.commit();
      }
      return check;
    }
  }

  private static RecordingReader open(Path file, int maxPayloadLength) throws IOException {
    return new RecordingReader(
        Channels.newInputStream(RecordingFiles.open(file)), file.toString(), maxPayloadLength);
  }

  /** Reads to the end, past damaged lines; {@code repaired} gets what is whole, or is null. */
  private void read(RecordingReader reader, RepairedFile repaired) throws IOException {
    if (repaired != null) {
      reader.copyCommentsTo(repaired.comments());
    }
    while (true) {
      ByteBuffer payload;
      try {
        if (!reader.advance()) {
          break;
        }
        payload = reader.payload();
      } catch (RecordingException e) {
        countDamage(e);
        reader.skipDamagedLine();
        continue;
      }
      countEntry(reader);
      if (repaired != null) {
        repaired.entry(reader.elapsedMicros(), reader.direction(), payload);
      }
    }
    end = reader.end();
    if (entries() == 0 && !reader.hasVersionLine() && !damage.isEmpty()) {
      throw damage.get(0);
    }
  }

  private void countEntry(RecordingReader reader) {
    if (reader.mayBeCutShort()) {
      unendedLine = reader.line();
    }
    if (entries() > 0 && reader.elapsedMicros() < lastElapsedMicros && earlierEntries++ == 0) {
      firstEarlierLine = reader.line();
    }
    lastElapsedMicros = reader.elapsedMicros();
    if (reader.direction() == Direction.C2S) {
      c2sEntries++;
    } else {
      s2cEntries++;
    }
  }

  private void countDamage(RecordingException e) throws RecordingException {
    if (e.isNotRead() || e.kind() == RecordingException.Kind.OTHER_VERSION && entries() == 0) {
      throw e;
    }
    cutOff = e.isCutOff();
    if (damagedLines > 0 && lastDamagedLine == e.line()) {
      return; // the line has been counted, and then the file ended badly in it
    }
    damagedLines++;
    lastDamagedLine = e.line();
    if (damage.size() < MOST_DAMAGE) {
      damage.add(e);
    }
  }

  /**
   * Whole entries that went to the server.
   *
   * @return their count
   */
  public long c2sEntries() {
    return c2sEntries;
  }

  /**
   * Whole entries that went to the client.
   *
   * @return their count
   */
  public long s2cEntries() {
    return s2cEntries;
  }

  /**
   * Damaged lines.
   *
   * @return their count
   */
  public long damagedLines() {
    return damagedLines;
  }

  /**
   * What is wrong with the first {@value #MOST_DAMAGE} of the damaged lines.
   *
   * @return an error for each, in their order
   */
  public List<RecordingException> damage() {
    return List.copyOf(damage);
  }

  /**
   * Whether the last line is one of the damaged ones because the recorder was stopped inside it.
   *
   * @return true for a recording that was cut off
   */
  public boolean cutOff() {
    return cutOff;
  }

  /**
   * The last line, when it holds a whole entry and has no line end: no damage, but it may have been
   * cut off between two bytes.
   *
   * @return its number, from 1; 0 when it has a line end
   */
  public long unendedLine() {
    return unendedLine;
  }

  /**
   * Entries that have an earlier time than the whole entry before them: no damage either, a replay
   * takes it as no pause.
   *
   * @return their count
   */
  public long earlierEntries() {
    return earlierEntries;
  }

  /**
   * The first entry of those.
   *
   * @return the number of its line, from 1; 0 when there is none
   */
  public long firstEarlierLine() {
    return firstEarlierLine;
  }

  /**
   * How the conversation ended.
   *
   * @return what the last line says; null when it does not say, see {@link RecordingReader#end}
   */
  public RecordedEnd end() {
    return end;
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
