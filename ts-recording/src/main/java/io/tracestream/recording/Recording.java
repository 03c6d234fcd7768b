package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An opened recording file, which gives out any number of readers, each from the top of the file.
 * They share one file descriptor, and go on reading the same file when another one takes its name.
 *
 * <p>For any number of threads; each reader belongs to one.
 */
public final class Recording implements Closeable {
  private final String name;
  private final FileChannel file;
  private final int maxPayloadLength;

  private Recording(String name, FileChannel file, int maxPayloadLength) {
    this.name = name;
    this.file = file;
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
    Recording recording = new Recording(path.toString(), openFile(path), maxPayloadLength);
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
    Recording recording = new Recording(path.toString(), openFile(path), maxPayloadLength);
    try {
      if (!recording.reader().startsAsRecording()) {
        recording.reader().next(); // says what is wrong with the first line that is
        throw noRecording(recording.name);
      }
      return recording;
    } catch (IOException | RuntimeException e) {
      recording.close();
      throw e;
    }
  }

  /** For a file in which nothing says that it is a recording. */
  static RecordingException noRecording(String name) {
    return new RecordingException(name + ": found no entry and no line \"" + RecordingWriter.HEADER
        + "\", expected a recording; record one first");
  }

  static FileChannel openFile(Path path) throws IOException {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw new RecordingException(path + ": found no regular file, expected a recording");
      }
      return FileChannel.open(path);
    } catch (NoSuchFileException e) {
      throw new RecordingException(
          path + ": found no such file, expected a recording; record one first", e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(
          path + ": found no permission to read, expected a readable recording", e);
    } catch (FileSystemException e) {
      throw new RecordingException(
          path + ": found \"" + e.getReason() + "\", expected a readable recording", e);
    }
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
    return new RecordingReader(new FromTop(), name, maxPayloadLength);
  }

  /**
   * The file's name.
   *
   * @return the path as it was given
   */
  @Override
  public String toString() {
    return name;
  }

  /** Closes the file. */
  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads the file with a position of its own, so that readers do not disturb each other. */
  private final class FromTop extends InputStream {
    private long position;

    @Override
    public int read(byte[] to, int at, int count) throws IOException {
      int n = file.read(ByteBuffer.wrap(to, at, count), position);
      position += Math.max(n, 0);
      return n;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
  }
}
