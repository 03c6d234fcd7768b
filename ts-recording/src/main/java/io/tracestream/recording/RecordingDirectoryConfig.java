package io.tracestream.recording;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How many conversations are recorded to one folder. Immutable.
 *
 * @param directory the folder; it is made if it is missing
 * @param rotateSize how large a file may become, in bytes, before its conversation goes on in
 *     another one; 0 for any size. A single entry may be larger. Packed files are looked at now and
 *     then only, and may become larger by as much as was waiting to be written
 * @param maxFiles how many recordings there may be in the folder, 1 or more, before the oldest ones
 *     are deleted, also those of earlier runs; 0 for any number. What is being recorded is never
 *     deleted, and neither is a file with another kind of name
 * @param gzip whether to pack the files
 */
public record RecordingDirectoryConfig(
    Path directory, long rotateSize, int maxFiles, boolean gzip) {
  /**
   * Checks what can be checked without looking at the folder.
   *
   * @param directory the folder
   * @param rotateSize how large a file may become, in bytes; 0 for any size
   * @param maxFiles how many recordings there may be; 0 for any number
   * @param gzip whether to pack the files
   * @throws IllegalArgumentException when a number is below 0; the message names it
   */
  public RecordingDirectoryConfig {
    Objects.requireNonNull(directory, "directory");
    requireNoLess("rotateSize", rotateSize);
    requireNoLess("maxFiles", maxFiles);
  }

  private static void requireNoLess(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": found " + value + ", expected 0 or more");
    }
  }

  /**
   * One plain file for each conversation, and all of them kept.
   *
   * @param directory the folder
   * @return the configuration
   */
  public static RecordingDirectoryConfig of(Path directory) {
    return new RecordingDirectoryConfig(directory, 0, 0, false);
  }

  /**
   * This, with another size.
   *
   * @param bytes see {@link #rotateSize()}
   * @return the changed copy
   */
  public RecordingDirectoryConfig withRotateSize(long bytes) {
    return new RecordingDirectoryConfig(directory, bytes, maxFiles, gzip);
  }

  /**
   * This, with another number of files.
   *
   * @param most see {@link #maxFiles()}
   * @return the changed copy
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
