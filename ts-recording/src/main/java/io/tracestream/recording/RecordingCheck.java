package io.tracestream.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recording contains, from top to end, beyond lines that are damaged. (A
 * {@link RecordingReader} stops at the first of these.)
 *
 * <p>Made in one pass, in memory that grows with the longest payload, not with the file. It does
 * not change afterwards.
 */
public final class RecordingCheck {
  /** How many damaged lines are reported one by one; further ones are only counted. */
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
  private @Nullable RecordedEnd end;

  private RecordingCheck() {}

  /**
   * Checks a recording.
   *
   * @param file the recording
   * @param maxPayloadLength the longest payload to accept, in bytes; a longer one counts as damage
   * @return what it contains
   * @throws RecordingException if the file does not exist, cannot be read, has another version or
   *     is of another kind: it has neither a version line nor a whole entry, but other lines
   * @throws IOException if reading fails
   */
  public static RecordingCheck of(Path file, int maxPayloadLength) throws IOException {
    try (RecordingReader reader = open(file, maxPayloadLength)) {
      RecordingCheck check = new RecordingCheck();
      check.read(reader, null);
      return check;
    }
  }

  /**
   * Checks a recording and writes what is whole to another file: the version line, all comments,
   * and each whole entry. Blank and damaged lines are left out.
   *
   * <p>The file is written completely or not at all: until it is complete it has a temporary name
   * in the same folder that ends with {@code .part}. If no entry is whole, nothing is written. The
   * file is readable for its owner only, as all recordings are.
   *
   * @param file the recording, which is not changed
   * @param maxPayloadLength the longest payload to accept, in bytes; longer ones are left out
   * @param out where to write; an earlier recording there is replaced
   * @return what the damaged recording contains
   * @throws RecordingException as in {@link #of}; also if {@code out} is the recording itself, is a
   *     file of another kind, is being recorded to or cannot be written
   * @throws IOException if reading or writing fails
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

  /** Reads to the end, beyond damaged lines. What is whole goes to {@code repaired}, or to null. */
  private void read(RecordingReader reader, @Nullable RepairedFile repaired) throws IOException {
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
      return; // the line has been counted; then gzip data ended badly in it
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
   * @return how many there are
   */
  public long c2sEntries() {
    return c2sEntries;
  }

  /**
   * Whole entries that went to the client.
   *
   * @return how many there are
   */
  public long s2cEntries() {
    return s2cEntries;
  }

  /**
   * Damaged lines.
   *
   * @return how many there are
   */
  public long damagedLines() {
    return damagedLines;
  }

  /**
   * What is wrong with the damaged lines, the first {@value #MOST_DAMAGE} of them.
   *
   * @return an error for each, in order
   */
  public List<RecordingException> damage() {
    return List.copyOf(damage);
  }

  /**
   * Whether the last line is damaged because the recorder was stopped inside it.
   *
   * @return true for a recording that was cut off
   */
  public boolean cutOff() {
    return cutOff;
  }

  /**
   * The last line, if it holds a whole entry and has no line end. That is not damage, but the line
   * may have been cut off between two bytes.
   *
   * @return its number, from 1; 0 if it has a line end
   */
  public long unendedLine() {
    return unendedLine;
  }

  /**
   * Entries that have an earlier time than the whole entry before them. That is not damage: a
   * replay makes no pause there.
   *
   * @return how many there are
   */
  public long earlierEntries() {
    return earlierEntries;
  }

  /**
   * The first of those entries.
   *
   * @return the number of its line, from 1; 0 if there is none
   */
  public long firstEarlierLine() {
    return firstEarlierLine;
  }

  /**
   * How the conversation ended.
   *
   * @return what the last line says; null if it says nothing about it, see
   *     {@link RecordingReader#end}
   */
  public @Nullable RecordedEnd end() {
    return end;
  }

  /**
   * Whether it is a recording without a damaged line.
   *
   * @return true if a {@link RecordingReader} can read all of it, and finds an entry
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
