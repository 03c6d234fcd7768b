package io.tracestream.recording;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * An opened recording, which gives out any number of readers, each from its top. It is a file,
 * packed with gzip or not; or the files of one conversation in a row; or in memory.
 *
 * <p>Readers of a file share one file descriptor, and go on reading the same file when another one
 * takes its name. Of a recording in several files, each reader may hold one more.
 *
 * <p>For any number of threads; each reader belongs to one.
 */
public final class Recording implements Closeable {
  private final List<TextPart> parts;
  /** Null when it is in memory. */
  private final RecordingFiles files;

  private final int maxPayloadLength;

  private Recording(List<TextPart> parts, RecordingFiles files, int maxPayloadLength) {
    this.parts = parts;
    this.files = files;
    this.maxPayloadLength = maxPayloadLength;
  }

  /**
   * Opens a recording to be played or compared, and reads its first entry, so that a wrong file is
   * told at once.
   *
   * @param path a file that can be read from any place in it: no pipe
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException when there is no such file, it cannot be read, its first entry is
   *     damaged, it is of another version, or it is not a recording: it has no entry. Where
   *     descriptors or memory ran out, {@link RecordingException#isNotRead} tells
   * @throws IOException when reading fails
   */
  public static Recording open(Path path, int maxPayloadLength) throws IOException {
    return open(List.of(path), maxPayloadLength);
  }

  /**
   * Opens a recording that goes on from file to file, as one. Errors name the file that they are
   * in.
   *
   * @param parts its files, in their order; one at least. Each is opened when a reader comes to it
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException as in {@link #open(Path, int)}, for the first file
   * @throws IOException when reading fails
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
   * Opens a recording to look at it: any part may be damaged, which its readers tell, and it may
   * have no entry. Refuses only another kind of file.
   *
   * @param path a file that can be read from any place in it: no pipe
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException when there is no such file, it cannot be read, is of another version
   *     or another kind of file
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
   * Refuses a recording without a single entry: whatever is compared with it would be the same.
   *
   * @throws RecordingException when there is none, or the first one is damaged
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

  private static Recording openUnread(List<Path> paths, int maxPayloadLength) throws IOException {
    RecordingFiles files = RecordingFiles.open(paths);
    return new Recording(files.parts(), files, maxPayloadLength);
  }

  /**
   * A recording in memory.
   *
   * @param name what errors call it; there an entry's line is its number, from 1
   * @param entries what it holds; copied, but not their payloads
   * @return the recording, which need not be closed
   */
  public static Recording of(String name, List<Entry> entries) {
    List<Entry> all = List.copyOf(entries);
    return new Recording(
        List.of(new TextPart(name, () -> new EntriesInput(all))), null, Integer.MAX_VALUE - 8);
  }

  /**
   * A recording in memory, as the text that a file would hold.
   *
   * @param name what errors call it
   * @param text what it holds: lines of entries, with a version line or without. Damage is told by
   *     its readers
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
   * Whether the last line has no line end. It is taken if it is well formed: but an editor that
   * leaves out the line end looks the same as a recorder that was killed between two bytes of the
   * payload. Looks at the last byte of the file, now.
   *
   * @return true for such a file. False for one in memory, and for one that is compressed with
   *     gzip: there only {@link RecordingReader#mayBeCutShort} knows, at the end
   * @throws RecordingException when the last file cannot be opened
   * @throws IOException when reading fails
   */
  public boolean mayBeCutShort() throws IOException {
    return files != null && files.isLastLineUnended();
  }

  /**
   * A reader of its own, from the top. Close it if it is not read to its end.
   *
   * <p>When its thread is interrupted while it reads, the file is closed for all readers: such is
   * the way of {@link FileChannel}.
   *
   * @return the reader; it ends with an exception once this recording is closed
   */
  public RecordingReader reader() {
    return new RecordingReader(parts, maxPayloadLength);
  }

  /**
   * A reader of its own, from an entry on: of a plain file, what stands before is not read.
   *
   * @param from where an earlier reader of this recording has found that entry
   * @return the reader; its first entry is that one
   */
  public RecordingReader reader(RecordingReader.Position from) {
    return new RecordingReader(parts, maxPayloadLength, from);
  }

  /**
   * The recording's name.
   *
   * @return the path as it was given, of the first file if there are more
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
