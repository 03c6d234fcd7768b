package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that exactly one writer records to. Sees to it that no other writer uses the file, keeps
 * it whole, and notices if it is taken away.
 *
 * <p>It is always a new file. An earlier recording is replaced by a rename, so whoever is reading
 * it can go on, and no file that takes the name in the meantime can be overwritten. Text is
 * appended to the actual end of the file.
 *
 * <p>With gzip, each text that is appended is a gzip member of its own. So the file is valid gzip
 * data whenever the recorder is killed, and there is no need for a compressor, a quarter of a MiB,
 * for each file.
 *
 * <p>For one thread at a time, except {@link #length}.
 */
final class RecordingFile implements Closeable {
  /**
   * Identifies the files that this JVM records to or replaces. A lock is not enough: it keeps other
   * processes out, but POSIX drops it as soon as this process opens and closes the file once more,
   * even only to read it. So this set is asked before a file is opened.
   */
  private static final Set<Object> OPEN = ConcurrentHashMap.newKeySet();

  /** How often to check the file, as a check for each frame would be too slow. */
  private static final long CHECK_NANOS = 250_000_000;

  private static final int MOST_LINKS = 40;

  /** Asks the file system for a lock. */
  interface Locks {
    /** The lock; null if another process holds a conflicting one. */
    FileLock tryLock(FileChannel file, boolean shared) throws IOException;
  }

  /** Replaced by tests to act as a file system without locks. */
  static volatile Locks locks = (file, shared) -> file.tryLock(0, Long.MAX_VALUE, shared);

  /** Its name in errors. */
  private final String name;

  private final boolean gzip;
  private final Object key;
  private Path path;
  /** The name that it will take; null once it has it. */
  private @Nullable Path target;
  /** The recording of that name, locked until it is replaced; null if there is none. */
  private @Nullable Earlier earlier;

  private FileChannel channel;
  private boolean closed;
  private volatile long length;
  /** Length of the file up to its last whole line. */
  private long wholeLines;

  private long checkedNanos = System.nanoTime();

  private record Earlier(FileChannel channel, Object key) implements Closeable {
    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        OPEN.remove(key);
      }
    }
  }

  private interface Use {
    void on(FileChannel channel) throws IOException;
  }

  private RecordingFile(String name, boolean gzip, Object key, Path path, FileChannel channel) {
    this.name = name;
    this.gzip = gzip;
    this.key = key;
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates a file that has its name after {@link #takeName} at the latest. Until then an earlier
   * recording is not changed.
   */
  static RecordingFile create(Path path, String name, boolean gzip) throws IOException {
    return open(path, name, gzip, true);
  }

  /** As {@link #create}, but the file never has its name before {@link #takeName}. */
  static RecordingFile part(Path path, String name, boolean gzip) throws IOException {
    return open(path, name, gzip, false);
  }

  private static synchronized RecordingFile open(
      Path path, String name, boolean gzip, boolean atOnce) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          Path place = behindLinks(path, name);
          RecordingFile file = atOnce ? createNew(place, name, gzip) : null;
          return file != null ? file : openPart(place, name, gzip);
        } catch (ClosedByInterruptException e) { // nothing was left behind: try again
          interrupted |= Thread.interrupted();
        } catch (RecordingException e) {
          throw e;
        } catch (IOException e) {
          throw failure(name, "cannot be recorded to", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The path of the file itself, without symbolic links. */
  private static Path behindLinks(Path path, String name) throws IOException {
    Path place = path.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      if (place.getFileName() == null) {
        throw refusal(name, "is a folder");
      }
      Path folder = folderOf(place, name);
      place = folder.resolve(place.getFileName());
      // For example /dev/stdout: it may be a regular file, but other text goes there, too.
      if (folder.startsWith("/proc")) {
        throw refusal(name, "is not a regular file");
      }
      if (!Files.isSymbolicLink(place)) {
        return place;
      }
      place = folder.resolve(Files.readSymbolicLink(place));
    }
    throw refusal(name, "leads through too many symbolic links");
  }

  private static Path folderOf(Path place, String name) throws IOException {
    try {
      return Objects.requireNonNull(place.getParent()).toRealPath();
    } catch (NoSuchFileException e) {
      throw new RecordingException(name + ": there is no such folder; make it first", e);
    } catch (IOException e) {
      throw failure(name, "cannot be created", e);
    }
  }

  /**
   * Creates a file, readable for its owner only; null if it exists already.
   *
   * @param place its absolute path
   * @param name its name in errors
   */
  static @Nullable RecordingFile createNew(Path place, String name, boolean gzip)
      throws IOException {
    return createNew(place, name, gzip, "cannot be created");
  }

  /** As {@link #createNew(Path, String, boolean)}; if that fails, the error says {@code what}. */
  static @Nullable RecordingFile createNew(Path place, String name, boolean gzip, String what)
      throws IOException {
    FileChannel channel;
    try {
      Set<OpenOption> options = Set.of(
          StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      channel = FileChannel.open(place, options, ownerOnly(place, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      return null;
    } catch (NoSuchFileException e) {
      throw new RecordingException(name + ": there is no such folder; make it first", e);
    } catch (IOException e) {
      throw failure(name, what, e);
    }
    try {
      Object key = keyAt(place);
      if (key == null || !lock(channel, false)) {
        throw beingRecorded(name); // by somebody who was faster
      }
      OPEN.add(key);
      return new RecordingFile(name, gzip, key, place, channel);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** The permissions for a new file or folder, if the file system supports them. */
  static FileAttribute<?>[] ownerOnly(Path place, String permissions) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static RecordingFile openPart(Path place, String name, boolean gzip) throws IOException {
    Earlier earlier = hold(place, name);
    try {
      RecordingFile file = Objects.requireNonNull( // its name is a new one
          createNew(partOf(place), name, gzip, "cannot be replaced by a new file beside it"));
      file.target = place;
      file.earlier = earlier;
      return file;
    } catch (IOException | RuntimeException | Error e) {
      if (earlier != null) {
        earlier.close();
      }
      throw e;
    }
  }

  /** A path that nobody uses. */
  private static Path partOf(Path place) {
    long random = ThreadLocalRandom.current().nextLong();
    return place.resolveSibling(".ts-recording-" + Long.toHexString(random) + ".part");
  }

  /** Locks the file that will be replaced; null if there is none. */
  private static @Nullable Earlier hold(Path place, String name) throws IOException {
    while (true) {
      BasicFileAttributes found = attributes(place);
      if (found == null) {
        return null;
      }
      if (!found.isRegularFile()) {
        throw refusal(name, found.isDirectory() ? "is a folder" : "is not a regular file");
      }
      Object key = key(found, place);
      if (OPEN.contains(key)) {
        throw beingRecorded(name);
      }
      FileChannel channel = openEarlier(place, name);
      try {
        if (!lock(channel, false)) {
          throw beingRecorded(name);
        }
        if (key.equals(keyAt(place))) {
          requireRecording(channel, name);
          OPEN.add(key);
          return new Earlier(channel, key);
        }
        channel.close(); // it was replaced before it was locked
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    }
  }

  private static FileChannel openEarlier(Path place, String name) throws IOException {
    try {
      return FileChannel.open(
          place, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw failure(name, "cannot be replaced", e);
    }
  }

  /** Refuses anything but a recording or an empty file. */
  private static void requireRecording(FileChannel file, String name) throws IOException {
    // Not closed, as that would close the file and drop its lock.
    RecordingReader reader =
        new RecordingReader(Channels.newInputStream(file), name, Integer.MAX_VALUE - 8);
    if (file.size() > 0 && !reader.startsAsRecording()) {
      throw refusal(name, "is not a recording and is left as it is");
    }
  }

  /** Whether somebody is recording to the file of that absolute path. */
  static synchronized boolean isBeingRecorded(Path place) throws IOException {
    Object key = keyAt(place);
    if (key == null || OPEN.contains(key)) {
      return key != null;
    }
    try (FileChannel file =
        FileChannel.open(place, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return !lock(file, true);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Locks the file; false if another process, or this one in another place, holds the lock. If the
   * file system has no locks, this is always true: two writers of one file then notice each other
   * when they {@link #check} it.
   */
  private static boolean lock(FileChannel file, boolean shared) {
    try {
      return locks.tryLock(file, shared) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** The attributes of what has that name, without following links; null if nothing has it. */
  private static @Nullable BasicFileAttributes attributes(Path place) throws IOException {
    try {
      return Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static @Nullable Object keyAt(Path place) throws IOException {
    BasicFileAttributes found = attributes(place);
    return found == null ? null : key(found, place);
  }

  private static Object key(BasicFileAttributes of, Path place) {
    return of.fileKey() != null ? of.fileKey() : place;
  }

  private static RecordingException beingRecorded(String name) {
    return refusal(name, "another proxy is recording to it");
  }

  private static RecordingException refusal(String name, String what) {
    return new RecordingException(name + ": " + what + "; choose another name");
  }

  private static RecordingException failure(String name, String what, IOException cause) {
    return new RecordingException(
        name + ": " + what + ": " + RecordingException.reason(cause) + "; choose another name",
        cause);
  }

  /** Gives the file its name, if it does not have it yet. */
  void takeName() throws IOException {
    if (target == null) {
      return;
    }
    if (!Objects.equals(keyAt(target), earlier == null ? null : earlier.key)) {
      throw refusal(name, "another file has taken this name");
    }
    try {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure(name, "cannot be replaced", e);
    }
    path = target;
    target = null;
    releaseEarlier();
  }

  private void releaseEarlier() throws IOException {
    if (earlier != null) {
      earlier.close();
      earlier = null;
    }
  }

  /** Has the operating system write it to the disk. */
  void force() throws IOException {
    use(file -> file.force(true));
  }

  /** Whether it is compressed, so that it is shorter than its text. */
  boolean isPacked() {
    return gzip;
  }

  /** Bytes in the file. For any thread. */
  long length() {
    return length;
  }

  /**
   * Appends {@code text}, from its position to its limit, to the file.
   *
   * @param lineEnd where in the text its last whole line ends; 0 if there is none
   * @throws RecordingException if the file was changed by others, as in {@link #check}
   * @throws IOException if writing fails; call {@link #cutBack} then
   */
  void append(ByteBuffer text, int lineEnd) throws IOException {
    checkNowAndThen();
    if (gzip) {
      appendPacked(text, lineEnd);
    } else {
      appendPlain(text, lineEnd);
    }
  }

  private void appendPlain(ByteBuffer text, int lineEnd) throws IOException {
    long before = length;
    try {
      write(text);
      if (lineEnd > 0) {
        wholeLines = before + lineEnd;
      }
    } catch (IOException e) {
      for (int i = text.position() - 1; i >= 0; i--) {
        if (text.get(i) == '\n') {
          wholeLines = before + i + 1;
          break;
        }
      }
      throw e;
    }
  }

  private void appendPacked(ByteBuffer text, int lineEnd) throws IOException {
    GzipMember member = GzipMember.pack(text, lineEnd);
    try {
      appendMembers(member);
    } finally {
      member.give();
    }
  }

  /** Appends text that was compressed before, as {@link #append} does. */
  void append(GzipMember member) throws IOException {
    checkNowAndThen();
    appendMembers(member);
  }

  /** In two steps, so that whole lines are kept if there is no room for what follows them. */
  private void appendMembers(GzipMember member) throws IOException {
    ByteBuffer packed = member.packed();
    int end = packed.limit();
    packed.limit(member.wholeLines());
    if (packed.hasRemaining()) {
      write(packed);
      wholeLines = length;
    }
    write(packed.limit(end));
  }

  private void write(ByteBuffer bytes) throws IOException {
    int before = bytes.position();
    try {
      use(file -> {
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      });
    } finally {
      length += bytes.position() - before;
    }
  }

  /**
   * Uses the file even if the thread is or gets interrupted, which closes the channel: it is then
   * opened again, and the thread stays interrupted.
   */
  private void use(Use use) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          use.on(channel);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          reopen();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void reopen() throws IOException {
    FileChannel again;
    try {
      again = FileChannel.open(
          path, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw lost("deleted or moved");
    }
    if (!key.equals(keyAt(path)) || !lock(again, false)) {
      again.close(); // another file, which must not be touched
      throw lost("replaced by another file");
    }
    channel = again;
  }

  /** Checks the file, unless that was done a moment ago. */
  void checkNowAndThen() throws IOException {
    if (System.nanoTime() - checkedNanos >= CHECK_NANOS) {
      check();
    }
  }

  /**
   * Checks that the file still has its name and the length that was written.
   *
   * @throws RecordingException if not, as what is appended may be lost
   */
  void check() throws IOException {
    checkedNanos = System.nanoTime();
    BasicFileAttributes found;
    try {
      found = attributes(path);
    } catch (IOException e) {
      throw failure(name, "cannot be checked", e);
    }
    if (found == null) {
      throw lost("deleted or moved");
    }
    if (!key.equals(key(found, path))) {
      throw lost("replaced by another file");
    }
    if (found.size() < length) {
      throw lost("truncated from " + length + " to " + found.size() + " bytes");
    }
    if (found.size() > length) {
      throw lost("written to by another program");
    }
  }

  private RecordingException lost(String what) {
    return new RecordingException(
        name + ": was " + what + " while it was recorded; the recording is not complete");
  }

  /**
   * Truncates the file to its last whole line: removes what was appended after it, even if somebody
   * has truncated the file before. If somebody else has appended to the file, it is not changed.
   */
  void cutBack() throws IOException {
    long partialLine = length - wholeLines;
    use(file -> {
      long size = file.size();
      if (size <= length) {
        file.truncate(Math.max(0, size - partialLine));
      }
    });
    length = wholeLines;
  }

  /** Closes a file that is still empty, and deletes it. */
  void discard() throws IOException {
    try (this) {
      if (target == null && key.equals(keyAt(path))) {
        Files.delete(path);
      }
    }
  }

  /** Its current path, which may change with {@link #takeName}. */
  Path path() {
    return path;
  }

  /** Its name in errors. */
  @Override
  public String toString() {
    return name;
  }

  /** Closes it, and deletes it if it has not taken its name. */
  @Override
  public void close() throws IOException {
    if (closed) { // another writer may have the key by now
      return;
    }
    closed = true;
    try {
      channel.close();
      releaseEarlier();
      if (target != null) {
        Files.deleteIfExists(path);
      }
    } finally {
      OPEN.remove(key);
    }
  }
}
