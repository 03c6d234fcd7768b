package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** A recording that takes its name when it is whole; closed before, it leaves nothing behind. */
final class RepairedFile implements EntrySink, Closeable {
  private final Path out;
  /** What it is called until it is whole. */
  private final Path part;
  /** The recording to replace, held against other writers; null when there is none. */
  private final RecordingFile replaced;

  private final RecordingWriter writer;

  private RepairedFile(Path out, String name, RecordingFile replaced) throws IOException {
    this.out = out;
    this.replaced = replaced;
    // A random name: a fixed one could be that of somebody's recording.
    String suffix = "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".part";
    this.part = out.resolveSibling(out.getFileName() + suffix);
    this.writer = begin(part, name);
  }

  private static RecordingWriter begin(Path part, String name) throws IOException {
    try {
      return RecordingWriter.create(part, name);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  /** Begins a file that is to take the name {@code out}, and is not to be {@code damaged}. */
  static RepairedFile create(Path damaged, Path out) throws IOException {
    if (!Files.exists(out)) {
      return new RepairedFile(out.toAbsolutePath(), out.toString(), null);
    }
    if (Files.isSameFile(damaged, out)) {
      throw new RecordingException(
          out + ": found the recording to repair, expected another file; choose another name");
    }
    RecordingFile replaced = RecordingFile.open(out, out.toString());
    try {
      return new RepairedFile(out.toRealPath(), out.toString(), replaced);
    } catch (IOException | RuntimeException e) {
      replaced.close();
      throw e;
    }
  }

  @Override
  public void entry(long elapsedMicros, Direction direction, ByteBuffer payload)
      throws IOException {
    try {
      writer.writeAtAnyTime(elapsedMicros, direction, payload);
    } catch (RecordingException e) {
      throw failure(e);
    }
  }

  @Override
  public OutputStream comments() {
    return new OutputStream() {
      @Override
      public void write(int c) throws IOException {
        try {
          writer.writeComment(c);
        } catch (RecordingException e) {
          throw failure(e);
        }
      }
    };
  }

  /** Nobody may take it for damage in what is being read. */
  private static IOException failure(RecordingException e) {
    return new IOException(e.getMessage(), e);
  }

  /** Gives the file, which is whole now, its name. */
  void commit() throws IOException {
    try {
      writer.close();
    } catch (RecordingException e) {
      throw failure(e);
    }
    // Else the name could outlive a power failure, and the text not.
    try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    try (replaced) {
      writer.close();
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
