package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file that one writer alone records to. Refuses what is no recording before it touches it. */
final class RecordingFile implements Closeable {
  /**
   * Those open in this JVM. A lock alone would not do: it keeps other processes out, and POSIX
   * drops it when this process opens and closes the file once more, be it only to look at it.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private RecordingFile(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** Opens a file to record to; errors call it {@code name}. */
  static RecordingFile open(Path path, String name) throws IOException {
    Path key = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath().normalize();
    if (!OPEN.add(key)) {
      throw beingRecorded(name);
    }
    try {
      requireRecording(path, name);
      return new RecordingFile(key, openLocked(path, name, StandardOpenOption.CREATE));
    } catch (IOException | RuntimeException e) {
      OPEN.remove(key);
      throw e;
    }
  }

  /** Makes a file of a full name; null when there is one. Errors call it {@code name}. */
  static RecordingFile createNew(Path path, String name) throws IOException {
    if (!OPEN.add(path)) {
      return null;
    }
    try {
      return new RecordingFile(path, openLocked(path, name, StandardOpenOption.CREATE_NEW));
    } catch (FileAlreadyExistsException e) {
      OPEN.remove(path);
      return null;
    } catch (IOException | RuntimeException e) {
      OPEN.remove(path);
      throw e;
    }
  }

  /** Whether somebody is recording to a file that exists, by its full name. */
  static boolean isBeingRecorded(Path path) throws IOException {
    if (OPEN.contains(path)) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void requireRecording(Path path, String name) throws IOException {
    if (!Files.exists(path) || Files.isRegularFile(path) && Files.size(path) == 0) {
      return;
    }
    String expected = ", expected a recording to replace, or no file; choose another name";
    if (!Files.isRegularFile(path)) {
      throw new RecordingException(name + ": found no regular file" + expected);
    }
    try (RecordingReader reader =
        new RecordingReader(Files.newInputStream(path), name, Integer.MAX_VALUE - 8)) {
      if (!reader.startsAsRecording()) {
        throw new RecordingException(name + ": found another kind of file" + expected);
      }
    } catch (AccessDeniedException e) {
      throw new RecordingException(name + ": found no permission to read it" + expected, e);
    }
  }

  private static FileChannel openLocked(Path path, String name, StandardOpenOption create)
      throws IOException {
    FileChannel channel = openChannel(path, name, create);
    try {
      if (channel.tryLock() == null) {
        throw beingRecorded(name);
      }
      return channel;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw beingRecorded(name); // by another name of the file
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel openChannel(Path path, String name, StandardOpenOption create)
      throws IOException {
    try {
      return FileChannel.open(path, create, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new RecordingException(name + ": found no such directory, expected one to write to", e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(
          name + ": found no permission to write, expected a writable place", e);
    } catch (FileSystemException e) {
      throw new RecordingException(
          name + ": found \"" + e.getReason() + "\", expected a writable place", e);
    }
  }

  private static RecordingException beingRecorded(String name) {
    return new RecordingException(
        name + ": found another proxy recording to it, expected none; choose another name");
  }

  FileChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) { // else the name may be another writer's by now
      channel.close();
      OPEN.remove(key);
    }
  }
}
