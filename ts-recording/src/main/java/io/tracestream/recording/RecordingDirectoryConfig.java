package io.tracestream.recording;

import java.nio.file.Path;
import java.util.Objects;

/** How many conversations are recorded to one folder. Immutable. */
public final class RecordingDirectoryConfig {
  private final Path directory;
  private final long rotateSize;
  private final int maxFiles;
  private final boolean gzip;

  private RecordingDirectoryConfig(Path directory, long rotateSize, int maxFiles, boolean gzip) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.rotateSize = requireNoLess("rotateSize", rotateSize);
    this.maxFiles = (int) requireNoLess("maxFiles", maxFiles);
    this.gzip = gzip;
  }

  private static long requireNoLess(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected 0 or more");
    }
    return value;
  }

  /**
   * One plain file for each conversation, and all of them kept.
   *
   * @param directory the folder; it is made if it is missing
   * @return the configuration
   */
  public static RecordingDirectoryConfig of(Path directory) {
    return new RecordingDirectoryConfig(directory, 0, 0, false);
  }

  /**
   * Where to record to.
   *
   * @return the folder
   */
  public Path directory() {
    return directory;
  }

  /**
   * How large a file may become before its conversation goes on in another one. A single entry may
   * be larger. Packed files are looked at now and then only, and may become larger by as much as
   * was waiting to be written.
   *
   * @return bytes; 0 for any size
   */
  public long rotateSize() {
    return rotateSize;
  }

  /**
   * How many recordings there may be in the folder before the oldest ones are deleted, also those
   * of earlier runs. What is being recorded is never deleted (where the file system has no locks:
   * by this process), and neither is a file with another kind of name. To keep their order, the
   * names of new recordings go on after those that are there, also where those are of a time that
   * is still to come.
   *
   * @return 1 or more; 0 for any number
   */
  public int maxFiles() {
    return maxFiles;
  }

  /**
   * Whether files are packed with gzip.
   *
   * @return true for packed ones
   */
  public boolean gzip() {
    return gzip;
  }

  /**
   * This, with another size.
   *
   * @param bytes see {@link #rotateSize()}
   * @return the changed copy
   * @throws IllegalArgumentException when it is below 0
   */
  public RecordingDirectoryConfig withRotateSize(long bytes) {
    return new RecordingDirectoryConfig(directory, bytes, maxFiles, gzip);
  }

  /**
   * This, with another number of files.
   *
   * @param most see {@link #maxFiles()}
   * @return the changed copy
   * @throws IllegalArgumentException when it is below 0
   */
  public RecordingDirectoryConfig withMaxFiles(int most) {
    return new RecordingDirectoryConfig(directory, rotateSize, most, gzip);
  }

  /**
   * This, with files packed or not.
   *
   * @param packed see {@link #gzip()}
   * @return the changed copy
   */
  public RecordingDirectoryConfig withGzip(boolean packed) {
    return new RecordingDirectoryConfig(directory, rotateSize, maxFiles, packed);
  }
}
