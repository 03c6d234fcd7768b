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
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The recordings of a folder that conversations are recorded to: makes new ones, and deletes the
 * oldest when there are too many. For any number of threads.
 */
final class DirectoryFiles {
  private final Path named;
  private final Path directory;
  /** How many there may be; 0 for any number, and then they are not counted. */
  private final int most;

  private final Consumer<String> warnings;
  /** Those of this kind of name, in their order, as far as this process knows. */
  private final TreeSet<RecordingName> known = new TreeSet<>();
  /** Those that were there at the start: another process may be recording to them. */
  private final Set<RecordingName> earlier = new HashSet<>();
  /** Those of this process that are not finished. */
  private final Set<RecordingName> open = new HashSet<>();
  /** When the newest of the earlier ones was accepted, as its name says. */
  private Instant latest = Instant.MIN;

  private DirectoryFiles(Path named, Path directory, int most, Consumer<String> warnings) {
    this.named = named;
    this.directory = directory;
    this.most = most;
    this.warnings = warnings;
  }

  /** Opens the folder, made if it is missing, and sees whether it can be recorded to. */
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
          folder + ": the folder cannot be made: " + RecordingException.reason(e)
              + "; choose another name",
          e);
    }
  }

  private void tryFile() throws IOException {
    Path file = directory.resolve(".ts-recording-" + UUID.randomUUID() + ".part");
    RecordingFile made =
        RecordingFile.createNew(file, named.toString(), false, "no file can be made in it");
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
      throw uncountable(e.getCause());
    } catch (IOException e) {
      throw uncountable(e);
    }
    known.addAll(earlier);
    if (!known.isEmpty()) {
      latest = known.last().startTime();
      if (latest.isAfter(Instant.now())) {
        warn(shown(known.last())
            + ": is of a time that is still to come; the names of new recordings"
            + " go on after it");
      }
    }
  }

  private RecordingException uncountable(IOException e) {
    return new RecordingException(
        named + ": the recordings in it cannot be counted: " + RecordingException.reason(e), e);
  }

  /**
   * When a connection was accepted, as its file's name is to say. Names go on after those that are
   * there: where the clock was ahead once, the newest recordings would be taken for the oldest.
   *
   * @param epoch when the first connection of all was accepted
   */
  Instant nameTime(Instant epoch, Instant accepted) {
    return epoch.isAfter(latest)
        ? accepted
        : accepted.plus(Duration.between(epoch, latest)).plusNanos(1000);
  }

  /** What errors call the file of that name. */
  String shown(RecordingName name) {
    return named.resolve(name.toString()).toString();
  }

  /**
   * Makes a file, and room for it.
   *
   * @return the file, to be told when it is {@link #finished}; null when there is one of that name
   */
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

  /** The file of that name is closed, and may be deleted one day. */
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
   * Deletes a file unless another process is recording to it. One that makes trouble counts no
   * longer: it is not worth the recordings of today.
   */
  private boolean isSpared(RecordingName name) {
    Path file = path(name);
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        warn(shown(name) + ": is not a regular file; leaving it there");
      } else if (earlier.contains(name) && RecordingFile.isBeingRecorded(file)) {
        return true;
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException | RuntimeException e) {
      String reason = e instanceof IOException io ? RecordingException.reason(io) : e.toString();
      warn(shown(name) + ": cannot be deleted to make room for newer recordings: " + reason
          + "; leaving it there");
    }
    return false;
  }

  private void warn(String message) {
    try {
      warnings.accept(message);
    } catch (RuntimeException | Error e) {
      // A warning that cannot be given is not worth a recording either.
    }
  }

  private Path path(RecordingName name) {
    return directory.resolve(name.toString());
  }
}
