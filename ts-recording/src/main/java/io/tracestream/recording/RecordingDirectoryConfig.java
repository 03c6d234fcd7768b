package io.tracestream.recording;

import io.tracestream.codec.Framing;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How to record many conversations to one folder. Immutable. */
public final class RecordingDirectoryConfig {
  private final Path directory;
  private final long rotateSize;
  private final int maxFiles;
  private final boolean gzip;
  private final @Nullable Framing framing;
  private final @Nullable Redaction redaction;

  private RecordingDirectoryConfig(
      Path directory,
      long rotateSize,
      int maxFiles,
      boolean gzip,
      @Nullable Framing framing,
      @Nullable Redaction redaction) {
    this.directory = Objects.requireNonNull(directory, "directory");
    this.rotateSize = requireNoLess("rotateSize", rotateSize);
    this.maxFiles = (int) requireNoLess("maxFiles", maxFiles);
    this.gzip = gzip;
    this.framing = framing;
    this.redaction = redaction;
  }

  private static long requireNoLess(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " is below 0");
    }
    return value;
  }

  /**
   * One plain file for each conversation, and all files are kept.
   *
   * @param directory the folder; it is created if it is missing
   * @return the configuration
   */
  public static RecordingDirectoryConfig of(Path directory) {
    return new RecordingDirectoryConfig(directory, 0, 0, false, null, null);
  }

  /**
   * The folder to record to.
   *
   * @return its path
   */
  public Path directory() {
    return directory;
  }

  /**
   * How large a file may become before its conversation continues in another one. A single entry
   * may be larger. A compressed file may become larger by as much as is waiting to be written.
   *
   * @return bytes; 0 for any size
   */
  public long rotateSize() {
    return rotateSize;
  }

  /**
   * How many recordings there may be in the folder before the oldest ones are deleted, those of
   * earlier runs included. A file that is being recorded to is never deleted (if the file system
   * has no locks: by this process), and neither is a file with another kind of name. To keep the
   * order, names of new recordings continue after those in the folder, even if these are from a
   * time in the future.
   *
   * @return 1 or more; 0 for any number
   */
  public int maxFiles() {
    return maxFiles;
  }

  /**
   * Whether files are compressed with gzip.
   *
   * @return true if they are
   */
  public boolean gzip() {
    return gzip;
  }

  /**
   * The framing that each file names.
   *
   * @return the framing; null to name none
   */
  public @Nullable Framing framing() {
    return framing;
  }

  /**
   * This, with another size.
   *
   * @param bytes see {@link #rotateSize()}
   * @return the changed copy
   * @throws IllegalArgumentException if it is below 0
   */
  public RecordingDirectoryConfig withRotateSize(long bytes) {
    return new RecordingDirectoryConfig(directory, bytes, maxFiles, gzip, framing, redaction);
  }

  /**
   * This, with another number of files.
   *
   * @param most see {@link #maxFiles()}
   * @return the changed copy
   * @throws IllegalArgumentException if it is below 0
   */
  public RecordingDirectoryConfig withMaxFiles(int most) {
    return new RecordingDirectoryConfig(directory, rotateSize, most, gzip, framing, redaction);
  }

  /**
   * This, with files compressed or not.
   *
   * @param compressed see {@link #gzip()}
   * @return the changed copy
   */
  public RecordingDirectoryConfig withGzip(boolean compressed) {
    return new RecordingDirectoryConfig(
        directory, rotateSize, maxFiles, compressed, framing, redaction);
  }

  /**
   * This, with files that name the framing of the recorded frames.
   *
   * @param other see {@link #framing()}
   * @return the changed copy
   */
  public RecordingDirectoryConfig withFraming(@Nullable Framing other) {
    return new RecordingDirectoryConfig(directory, rotateSize, maxFiles, gzip, other, redaction);
  }

  /**
   * What replaces bytes before they are written, and is named in each file.
   *
   * @return the redaction; null to write payloads as they are
   */
  public @Nullable Redaction redaction() {
    return redaction;
  }

  /**
   * This, with bytes that are replaced before they are written.
   *
   * @param other see {@link #redaction()}
   * @return the changed copy
   */
  public RecordingDirectoryConfig withRedaction(@Nullable Redaction other) {
    return new RecordingDirectoryConfig(directory, rotateSize, maxFiles, gzip, framing, other);
  }
}
