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
  private static final Closeable NOTHING = () -> {};

  private final List<TextPart> parts;
  /** What to close with this. */
  private final Closeable source;

  private final int maxPayloadLength;

  private Recording(List<TextPart> parts, Closeable source, int maxPayloadLength) {
    this.parts = parts;
    this.source = source;
    this.maxPayloadLength = maxPayloadLength;
  }

  /**
   * Opens a recording and reads its first entry, so that a wrong file is told at once.
   *
   * @param path a file that can be read from any place in it: no pipe
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException when there is no such file, it cannot be read, is of another version
   *     or no recording
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
      recording.reader().next();
      return recording;
    } catch (IOException | RuntimeException e) {
      recording.close();
      throw e;
    }
  }

  /**
   * Opens a recording of which any part may be damaged: its readers tell. Refuses only what does
   * not begin as a recording does, with the version line or with a whole entry.
   *
   * @param path a file that can be read from any place in it: no pipe
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return the opened recording; close it when its readers are done
   * @throws RecordingException when there is no such file, it cannot be read, is of another version
   *     or no recording
   * @throws IOException when reading fails
   */
  public static Recording openEvenIfDamaged(Path path, int maxPayloadLength) throws IOException {
    Recording recording = openUnread(List.of(path), maxPayloadLength);
    try {
      if (!recording.reader().startsAsRecording()) {
        recording.reader().next(); // says what is wrong with the first line that is
        throw RecordingFiles.noRecording(recording.toString());
      }
      return recording;
    } catch (IOException | RuntimeException e) {
      recording.close();
      throw e;
    }
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
        List.of(new TextPart(name, () -> new EntriesInput(all))), NOTHING, Integer.MAX_VALUE - 8);
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
        NOTHING,
        Integer.MAX_VALUE - 8);
  }

  /**
   * A reader of its own, from the top.
   *
   * <p>When its thread is interrupted while it reads, the file is closed for all readers: such is
   * the way of {@link FileChannel}.
   *
   * @return the reader; it ends with an exception once this recording is closed
   */
  public RecordingReader reader() {
    return new RecordingReader(new RecordingText(parts), maxPayloadLength);
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
    source.close();
  }
}
