package io.tracestream.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recordings in a folder that is recorded to: creates new files, and deletes the oldest when
 * there are too many. Thread-safe.
 */
final class DirectoryFiles {
  private final Path named;
  private final Path directory;
  /** How many there may be; 0 for any number, in which case they are not counted. */
  private final int most;

  private final Consumer<String> warnings;
  /** All names of our kind in the folder, in order, as far as this process knows. */
  private final TreeSet<RecordingName> known = new TreeSet<>();
  /** Those that existed at the start: another process may be recording to them. */
  private final Set<RecordingName> earlier = new HashSet<>();
  /** Those that this process is recording to. */
  private final Set<RecordingName> open = new HashSet<>();
  /** The time in the name of the newest of the earlier ones. */
  private Instant latest = Instant.MIN;

  private DirectoryFiles(Path named, Path directory, int most, Consumer<String> warnings) {
    this.named = named;
    this.directory = directory;
    this.most = most;
    this.warnings = warnings;
  }

  /** Opens the folder, which is created if it is missing, and checks that files can be created. */
  static DirectoryFiles open(Path named, int most, Consumer<String> warnings) throws IOException {
    make(named);
    DirectoryFiles files = new DirectoryFiles(named, named.toRealPath(), most, warnings);
    files.tryFile();
    if (most > 0) {
      files.list();
    }
    return files;
  }

  private static void make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (Files.exists(folder)) {
      throw new RecordingException(folder + ": is not a folder; choose another name");
    }
    try {
      Files.createDirectories(folder, RecordingFile.ownerOnly(folder, "rwx------"));
    } catch (IOException e) {
      throw new RecordingException(
          folder + ": the folder cannot be created: " + RecordingException.reason(e)
              + "; choose another name",
          e);
    }
  }

  private void tryFile() throws IOException {
    Path file = directory.resolve(".ts-recording-" + UUID.randomUUID() + ".part");
    RecordingFile made =
        RecordingFile.createNew(file, named.toString(), false, "no file can be created in it");
    if (made != null) {
      made.discard();
    }
  }

  private void list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files
          .filter(file -> RecordingName.of(file) != null)
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .forEach(file -> earlier.add(RecordingName.of(file)));
    } catch (UncheckedIOException e) {
      throw uncountable(Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw uncountable(e);
    }
    known.addAll(earlier);
    if (!known.isEmpty()) {
      latest = known.last().startTime();
      if (latest.isAfter(Instant.now())) {
        warn(shown(known.last())
            + ": has a time in the future in its name; the names of new recordings"
            + " continue from there");
      }
    }
  }

  private RecordingException uncountable(IOException e) {
    return new RecordingException(
        named + ": the recordings in it cannot be counted: " + RecordingException.reason(e), e);
  }

  /**
   * The time for a new file's name: when its connection was accepted, or a later time if there are
   * names of later times already. If the clock was once ahead, the newest recordings would
   * otherwise be taken for the oldest.
   *
   * @param epoch when the first connection of all was accepted
   */
  Instant nameTime(Instant epoch, Instant accepted) {
    return epoch.isAfter(latest)
        ? accepted
        : accepted.plus(Duration.between(epoch, latest)).plusNanos(1000);
  }

  /** The file of that name, for error messages. */
  String shown(RecordingName name) {
    return named.resolve(name.toString()).toString();
  }

  /**
   * Creates a file, and makes room for it.
   *
   * @return the file; call {@link #finished} when it is closed. Null if the name is taken
   */
  @Nullable
  RecordingFile create(RecordingName name) throws IOException {
    RecordingFile file = RecordingFile.createNew(path(name), shown(name), name.gzip());
    if (file != null && most > 0) {
      synchronized (this) {
        known.add(name);
        open.add(name);
        deleteOldest();
      }
    }
    return file;
  }

  /** The file of that name is closed, and may be deleted at some time. */
  synchronized void finished(RecordingName name) {
    if (open.remove(name)) {
      deleteOldest();
    }
  }

  private void deleteOldest() {
    Iterator<RecordingName> oldest = known.iterator();
    while (known.size() > most && oldest.hasNext()) {
      RecordingName name = oldest.next();
      if (!open.contains(name) && !isSpared(name)) {
        oldest.remove();
      }
    }
  }

  /**
   * Deletes a file unless another process is recording to it. A file that cannot be deleted is no
   * longer counted: today's recordings are more important.
   */
  private boolean isSpared(RecordingName name) {
    Path file = path(name);
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        warn(shown(name) + ": is not a regular file; not deleted");
      } else if (earlier.contains(name) && RecordingFile.isBeingRecorded(file)) {
        return true;
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException | RuntimeException e) {
      String reason = e instanceof IOException io ? RecordingException.reason(io) : e.toString();
      warn(shown(name) + ": cannot be deleted to make room for newer recordings: " + reason
          + "; not deleted");
    }
    return false;
  }

  private void warn(String message) {
    try {
      warnings.accept(message);
    } catch (RuntimeException | Error e) {
      // Recording is more important than a warning.
    }
  }

  private Path path(RecordingName name) {
    return directory.resolve(name.toString());
  }
}
