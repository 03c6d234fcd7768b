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

/**
 * A file that one writer alone records to: who may record to it, what is in it, and whether it is
 * still there.
 *
 * <p>It is always a new file. An earlier recording is replaced by a rename, so whoever is reading
 * that one goes on reading it, and nothing that takes its name in between can be overwritten. Text
 * is appended to the end that the file really has.
 *
 * <p>Packed with gzip, each text that is appended is a gzip member of its own, which readers take
 * as one: so the file is whole gzip data whenever the recorder is killed, and no compressor, a
 * quarter of a MiB each, has to be kept for each file.
 *
 * <p>For one thread at a time, but for {@link #length}.
 */
final class RecordingFile implements Closeable {
  /**
   * What identifies the files that this JVM records to or replaces. A lock alone would not do: it
   * keeps other processes out, and POSIX drops it when this process opens and closes the file once
   * more, be it only to look at it. So this is asked before anything is opened.
   */
  private static final Set<Object> OPEN = ConcurrentHashMap.newKeySet();

  /** A check is a system call: not one for each frame that is flushed. */
  private static final long CHECK_NANOS = 250_000_000;

  private static final int MOST_LINKS = 40;

  /** Asks the file system for a lock. */
  interface Locks {
    /** The lock; null when another process has one that excludes it. */
    FileLock tryLock(FileChannel file, boolean shared) throws IOException;
  }

  /** For tests, in the place of file systems that have no locks. */
  static volatile Locks locks = (file, shared) -> file.tryLock(0, Long.MAX_VALUE, shared);

  /** What errors call it. */
  private final String name;

  private final boolean gzip;
  private final Object key;
  private Path path;
  /** The name that it is to take; null once it has it. */
  private Path target;
  /** The recording in that place, locked until it is replaced; null when there is none. */
  private Earlier earlier;

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
   * Makes a file that has its name at {@link #takeName} at the latest: until then it leaves an
   * earlier recording as it is.
   */
  static RecordingFile create(Path path, String name, boolean gzip) throws IOException {
    return open(path, name, gzip, true);
  }

  /** As {@link #create}, but nothing is of that name before {@link #takeName}. */
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
        } catch (ClosedByInterruptException e) { // nothing is left behind: once more
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

  /** Where the file itself is, or is to be. */
  private static Path behindLinks(Path path, String name) throws IOException {
    Path place = path.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      if (place.getFileName() == null) {
        throw refusal(name, "is a folder");
      }
      Path folder = folderOf(place, name);
      place = folder.resolve(place.getFileName());
      // Such as /dev/stdout: regular perhaps, but other text goes there.
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
      return place.getParent().toRealPath();
    } catch (NoSuchFileException e) {
      throw new RecordingException(name + ": there is no such folder; make it first", e);
    } catch (IOException e) {
      throw failure(name, "cannot be created", e);
    }
  }

  /**
   * Makes a file of a full name, readable for its owner only; null when there is one. Errors call
   * it {@code name}.
   */
  static RecordingFile createNew(Path place, String name, boolean gzip) throws IOException {
    return createNew(place, name, gzip, "cannot be created");
  }

  /** As {@link #createNew(Path, String, boolean)}; {@code what} is said where that cannot be. */
  static RecordingFile createNew(Path place, String name, boolean gzip, String what)
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
        throw beingRecorded(name); // by who was quicker
      }
      OPEN.add(key);
      return new RecordingFile(name, gzip, key, place, channel);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** The attribute that a new file or folder gets where the file system knows of such. */
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
      RecordingFile file =
          createNew(partOf(place), name, gzip, "cannot be replaced by a new file beside it");
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

  /** A name that nobody has. */
  private static Path partOf(Path place) {
    long random = ThreadLocalRandom.current().nextLong();
    return place.resolveSibling(".ts-recording-" + Long.toHexString(random) + ".part");
  }

  /** Locks the file that is to be replaced; null when there is none. */
  private static Earlier hold(Path place, String name) throws IOException {
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

  /** An empty file can be replaced too. */
  private static void requireRecording(FileChannel file, String name) throws IOException {
    // Not closed: that would close the file, and so drop its lock.
    RecordingReader reader =
        new RecordingReader(Channels.newInputStream(file), name, Integer.MAX_VALUE - 8);
    if (file.size() > 0 && !reader.startsAsRecording()) {
      throw refusal(name, "is not a recording and is left as it is");
    }
  }

  /** Whether somebody is recording to a file of that full name. */
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
   * False when another process, or this one by another way, has the file locked. Where the file
   * system has no locks, nobody has: two that record to one file will then notice it when they
   * {@link #check} it.
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

  /** What is of that name, but not behind a link; null when nothing is. */
  private static BasicFileAttributes attributes(Path place) throws IOException {
    try {
      return Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static Object keyAt(Path place) throws IOException {
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

  /** Gives the file the name that it was made for, if it has another one. */
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

  /** Whether its length is not that of its text. */
  boolean isPacked() {
    return gzip;
  }

  /** Bytes in the file. For any thread. */
  long length() {
    return length;
  }

  /**
   * Puts {@code text}, from its position to its limit, at the end of the file.
   *
   * @param lineEnd where in it the last whole line ends; 0 when none does
   * @throws RecordingException when the file is not what was written, as in {@link #check}
   * @throws IOException when it cannot be written; to be {@link #cutBack} then
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

  /** As two members, so that the first can stand alone if there is no room for the second. */
  private void appendPacked(ByteBuffer text, int lineEnd) throws IOException {
    int end = text.limit();
    GzipMember member = GzipMember.take();
    try {
      text.limit(Math.max(lineEnd, text.position()));
      if (text.hasRemaining()) {
        write(member.pack(text));
        wholeLines = length;
      }
      text.limit(end);
      if (text.hasRemaining()) {
        write(member.pack(text));
      }
    } finally {
      member.give();
    }
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
   * Uses the file though an interrupt of the thread, before or meanwhile, closes a channel that is
   * in use: the channel is opened again, and the thread is left interrupted.
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
      again.close(); // another file, which is not to be touched
      throw lost("replaced by another file");
    }
    channel = again;
  }

  /** Checks the file if that was not done a moment ago. */
  void checkNowAndThen() throws IOException {
    if (System.nanoTime() - checkedNanos >= CHECK_NANOS) {
      check();
    }
  }

  /**
   * Looks whether the file still has its name and holds what was written.
   *
   * @throws RecordingException when not: what else is appended may be lost
   */
  void check() throws IOException {
    checkedNanos = System.nanoTime();
    BasicFileAttributes found;
    try {
      found = attributes(path);
    } catch (IOException e) {
      throw failure(name, "cannot be found any more", e);
    }
    if (found == null) {
      throw lost("deleted or moved");
    }
    if (!key.equals(key(found, path))) {
      throw lost("replaced by another file");
    }
    if (found.size() < length) {
      throw lost("cut from " + length + " to " + found.size() + " bytes");
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
   * Shortens the file to its last whole line: what was appended after that is still its end, also
   * if somebody cut off what was before. Where somebody else appended to it, it is left as it is.
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

  /** Closes a file in which nothing is yet, and deletes it. */
  void discard() throws IOException {
    try (this) {
      if (target == null && key.equals(keyAt(path))) {
        Files.delete(path);
      }
    }
  }

  /** Where it is: its name, or the one that it has until it {@link #takeName takes} that. */
  Path path() {
    return path;
  }

  /** What errors call it. */
  @Override
  public String toString() {
    return name;
  }

  /** Closes it, and deletes it if it has not taken its name. */
  @Override
  public void close() throws IOException {
    if (closed) { // the key may be another writer's by now
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
