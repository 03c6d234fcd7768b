package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;
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
  /** Those of this kind of name, in their order, as far as this process knows. */
  private final TreeSet<RecordingName> known = new TreeSet<>();
  /** Those of this process that are not finished. */
  private final Set<RecordingName> open = new HashSet<>();

  private DirectoryFiles(Path named, Path directory, int most) {
    this.named = named;
    this.directory = directory;
    this.most = most;
  }

  /** Opens the folder, made if it is missing, and looks at what is in it. */
  static DirectoryFiles open(Path named, int most) throws IOException {
    make(named);
    if (!Files.isWritable(named) || !Files.isExecutable(named)) {
      throw new RecordingException(
          named + ": found no permission to write, expected a folder to record to");
    }
    DirectoryFiles files = new DirectoryFiles(named, named.toRealPath(), most);
    if (most > 0) {
      files.list();
    }
    return files;
  }

  private static void make(Path folder) throws IOException {
    String expected = ", expected a folder to record to; choose another name";
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException | NotDirectoryException e) {
      throw new RecordingException(folder + ": found no folder" + expected, e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(folder + ": found no permission to make it" + expected, e);
    } catch (FileSystemException e) {
      throw new RecordingException(
          folder + ": found \"" + e.getReason() + "\" when making it" + expected, e);
    }
  }

  private void list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files.map(RecordingName::of).filter(name -> name != null).forEach(known::add);
    } catch (AccessDeniedException e) {
      throw new RecordingException(
          named + ": found no permission to read, expected it to count recordings", e);
    }
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
    RecordingFile file = RecordingFile.createNew(path(name), shown(name));
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
  synchronized void finished(RecordingName name) throws IOException {
    if (open.remove(name)) {
      deleteOldest();
    }
  }

  private void deleteOldest() throws IOException {
    Iterator<RecordingName> oldest = known.iterator();
    while (known.size() > most && oldest.hasNext()) {
      RecordingName name = oldest.next();
      if (!open.contains(name) && delete(name)) {
        oldest.remove();
      }
    }
  }

  /** Deletes a file unless another process is recording to it; true when it is gone. */
  private boolean delete(RecordingName name) throws IOException {
    try {
      if (RecordingFile.isBeingRecorded(path(name))) {
        return false;
      }
      Files.deleteIfExists(path(name));
      return true;
    } catch (FileSystemException e) {
      throw new RecordingException(
          shown(name) + ": found \"" + e.getMessage() + "\" when deleting it, expected to make room"
              + " for newer recordings",
          e);
    }
  }

  private Path path(RecordingName name) {
    return directory.resolve(name.toString());
  }
}
