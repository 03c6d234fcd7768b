package io.tracestream.recording;

import io.tracestream.recording.RecordingException.Kind;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of one recording, for any number of readers. The first one stays open, so that all
 * readers read the same file even if another one takes its name. Of the others, each reader opens
 * one at a time, as there may be more than a process can open.
 */
final class RecordingFiles implements Closeable {
  private final List<Path> paths;
  private final FileChannel first;
  private final Set<FileChannel> others = ConcurrentHashMap.newKeySet();

  private RecordingFiles(List<Path> paths, FileChannel first) {
    this.paths = List.copyOf(paths);
    this.first = first;
  }

  /** Opens the first of the files. */
  static RecordingFiles open(List<Path> paths) throws IOException {
    return new RecordingFiles(paths, open(paths.get(0)));
  }

  /** Opens a file to read; an error says in one line why that failed. */
  static FileChannel open(Path path) throws IOException {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw new RecordingException(path + ": is not a regular file; name a recording");
      }
      return FileChannel.open(path);
    } catch (NoSuchFileException e) {
      throw new RecordingException(
          path + ": there is no such file; record one first", 0, Kind.NOT_READ, e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(
          path + ": cannot be read: permission denied", 0, Kind.NOT_READ, e);
    } catch (FileSystemException e) { // out of descriptors, or the disk fails
      throw new RecordingException(
          path + ": cannot be opened: " + RecordingException.reason(e), 0, Kind.NOT_READ, e);
    }
  }

  /** Whether the last file is plain text, is not empty, and does not end with a line end. */
  boolean isLastLineUnended() throws IOException {
    if (paths.size() == 1) {
      return isLastLineUnended(first);
    }
    try (FileChannel last = open(paths.get(paths.size() - 1))) {
      return isLastLineUnended(last);
    }
  }

  private static boolean isLastLineUnended(FileChannel file) throws IOException {
    ByteBuffer beginning = ByteBuffer.allocate(2);
    ByteBuffer end = ByteBuffer.allocate(1);
    file.read(beginning, 0);
    return !UnpackedInput.isGzip(beginning.array())
        && file.read(end, Math.max(0, file.size() - 1)) > 0
        && end.get(0) != '\n';
  }

  List<TextPart> parts() {
    return paths.stream().map(this::part).toList();
  }

  private TextPart part(Path path) {
    boolean isFirst = path == paths.get(0);
    return new TextPart(path.toString(), () -> isFirst ? new FromTop(first) : openOther(path));
  }

  private InputStream openOther(Path path) throws IOException {
    FileChannel other = open(path);
    others.add(other);
    if (!first.isOpen()) {
      close();
    }
    return new FromTop(other);
  }

  @Override
  public void close() throws IOException {
    first.close();
    for (FileChannel other : others) {
      other.close();
    }
  }

  /** Reads a file from a position of its own, so that readers do not disturb each other. */
  final class FromTop extends InputStream {
    private final FileChannel file;
    private long position;

    FromTop(FileChannel file) {
      this.file = file;
    }

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

    @Override
    public long skip(long count) throws IOException {
      long skipped = Math.max(0, Math.min(count, file.size() - position));
      position += skipped;
      return skipped;
    }

    void moveTo(long offset) {
      position = offset;
    }

    @Override
    public void close() throws IOException {
      if (others.remove(file)) {
        file.close();
      }
    }
  }
}
