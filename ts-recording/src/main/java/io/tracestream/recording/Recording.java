package io.tracestream.recording;

import io.tracestream.codec.Framing;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An opened recording, from which any number of readers can read. It is a file, compressed with
 * gzip or not; or the files of one conversation in a row; or in memory.
 *
 * <p>All readers of a file share one file descriptor, and keep reading that file even if another
 * file takes its name. If there are several files, each reader may hold one more descriptor.
 *
 * <p>Thread-safe; each reader is for one thread at a time.
 */
public final class Recording implements Closeable {
  private final List<TextPart> parts;
  /** Null if it is in memory. */
  private final @Nullable RecordingFiles files;

  private final int maxPayloadLength;

  private Recording(List<TextPart> parts, @Nullable RecordingFiles files, int maxPayloadLength) {
    this.parts = parts;
    this.files = files;
    this.maxPayloadLength = maxPayloadLength;
  }

  /**
   * Opens a recording to play or compare it, and reads its first entry, so that a wrong file is
   * noticed at once.
   *
   * @param path a regular file
   * @param maxPayloadLength the longest payload to accept, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException if the file does not exist, cannot be read, has another version, has
   *     a damaged first entry or no entry at all; {@link RecordingException#isNotRead} is true if
   *     file descriptors or memory ran out
   * @throws IOException if reading fails
   */
  public static Recording open(Path path, int maxPayloadLength) throws IOException {
    return open(List.of(path), maxPayloadLength);
  }

  /**
   * Opens a recording that continues from file to file. Errors name the file that they are in.
   *
   * @param parts its files, in order; at least one. Each is opened when a reader comes to it
   * @param maxPayloadLength the longest payload to accept, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException as in {@link #open(Path, int)}, for the first file
   * @throws IOException if reading fails
   */
  public static Recording open(List<Path> parts, int maxPayloadLength) throws IOException {
    Recording recording = openUnread(parts, maxPayloadLength);
    try {
      recording.requireEntry();
      return recording;
    } catch (IOException | RuntimeException | Error e) {
      recording.close();
      throw e;
    }
  }

  /**
   * Opens a recording for inspection: any part of it may be damaged, which its readers report, and
   * it may have no entry. Refuses only files of another kind.
   *
   * @param path a regular file
   * @param maxPayloadLength the longest payload to accept, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException if the file does not exist, cannot be read, has another version or
   *     is a file of another kind
   * @throws IOException as in {@link #open(Path, int)}
   */
  public static Recording openEvenIfDamaged(Path path, int maxPayloadLength) throws IOException {
    return openEvenIfDamaged(List.of(path), maxPayloadLength);
  }

  static Recording openEvenIfDamaged(List<Path> parts, int maxPayloadLength) throws IOException {
    Recording recording = openUnread(parts, maxPayloadLength);
    try (RecordingReader reader = recording.reader()) {
      reader.advance();
      return recording;
    } catch (RecordingException e) {
      if (!e.isOtherFormat() && !e.isNotRead()) {
        return recording;
      }
      recording.close();
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      recording.close();
      throw e;
    }
  }

  /**
   * Refuses a recording without a single entry: nothing could differ from it.
   *
   * @throws RecordingException if there is no entry, or the first one is damaged
   */
  void requireEntry() throws IOException {
    try (RecordingReader reader = reader()) {
      if (reader.next() == null) {
        throw noEntry(toString());
      }
    }
  }

  static RecordingException noEntry(String name) {
    return new RecordingException(
        name + ": is not a recording: it has no entry; record again or delete it");
  }

  static Recording openUnread(List<Path> paths, int maxPayloadLength) throws IOException {
    RecordingFiles files = RecordingFiles.open(paths);
    return new Recording(files.parts(), files, maxPayloadLength);
  }

  /**
   * A recording in memory.
   *
   * @param name its name in errors; an entry's line is its number, from 1
   * @param entries its entries; the list is copied, but not the payloads
   * @return the recording, which need not be closed
   */
  public static Recording of(String name, List<Entry> entries) {
    List<Entry> all = List.copyOf(entries);
    return new Recording(
        List.of(new TextPart(name, () -> new EntriesInput(all))), null, Integer.MAX_VALUE - 8);
  }

  /**
   * A recording in memory, made from the text that a file would hold.
   *
   * @param name its name in errors
   * @param text lines of entries, with a version line or without; its readers report damage
   * @return the recording, which need not be closed
   */
  public static Recording of(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Recording(
        List.of(new TextPart(name, () -> new ByteArrayInputStream(bytes))),
        null,
        Integer.MAX_VALUE - 8);
  }

  /**
   * The framing of the recorded frames. Reads up to the first entry.
   *
   * @return what the line {@code # framing} says; null without such a line
   * @throws RecordingException if the first entry or a line before it is damaged
   * @throws IOException if reading fails
   */
  public @Nullable Framing framing() throws IOException {
    try (RecordingReader reader = reader()) {
      reader.advance();
      return reader.framing();
    }
  }

  /**
   * What was replaced in the payloads before they were recorded. Reads up to the first entry.
   *
   * @return the text of each field, as a {@link Redaction} has named it; empty if payloads are as
   *     they were sent
   * @throws RecordingException if the first entry or a line before it is damaged
   * @throws IOException if reading fails
   */
  public List<String> redacted() throws IOException {
    try (RecordingReader reader = reader()) {
      reader.advance();
      return reader.redacted();
    }
  }

  /**
   * Refuses a recording that names another framing. One that names none goes with any.
   *
   * @param used the framing that is to be used
   * @throws RecordingException if it names another one, or as in {@link #framing}
   * @throws IOException if reading fails
   */
  public void requireFraming(Framing used) throws IOException {
    Framing named = framing();
    if (named != null && !named.equals(used)) {
      throw new RecordingException(this + ": was recorded with the framing " + named + ", found "
          + used + "; use the recorded one");
    }
  }

  /**
   * Whether the last line has no line end. Readers accept such a line if it is well formed, but
   * nobody can tell whether an editor left out the line end, or the recorder was killed between two
   * bytes of the payload. Reads only the first and the last bytes of the file.
   *
   * @return true for such a file. False for a recording in memory, and for gzip data, where only
   *     {@link RecordingReader#mayBeCutShort} can say, at the end
   * @throws RecordingException if the last file cannot be opened
   * @throws IOException if reading fails
   */
  public boolean mayBeCutShort() throws IOException {
    return files != null && files.isLastLineUnended();
  }

  /**
   * A new reader, from the top. Close it unless it has been read to the end.
   *
   * <p>If its thread is interrupted while it reads, the file is closed for all readers, as a
   * {@link FileChannel} does.
   *
   * @return the reader; it throws once this recording is closed
   */
  public RecordingReader reader() {
    return new RecordingReader(parts, maxPayloadLength);
  }

  /**
   * A new reader that begins at an entry. In a plain file, what comes before is not read.
   *
   * @param from where an earlier reader of this recording found the entry
   * @return the reader; that entry is its first
   */
  public RecordingReader reader(RecordingReader.Position from) {
    return new RecordingReader(parts, maxPayloadLength, from);
  }

  /**
   * The recording's name.
   *
   * @return the path of its first file, as it was given
   */
  @Override
  public String toString() {
    return parts.get(0).name();
  }

  /** Closes its files. */
  @Override
  public void close() throws IOException {
    if (files != null) {
      files.close();
    }
  }
}
