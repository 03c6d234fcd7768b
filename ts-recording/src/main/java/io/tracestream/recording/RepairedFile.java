package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recording that takes its name when it is whole; closed before, it leaves nothing behind. */
final class RepairedFile implements EntrySink, Closeable {
  private final RecordingWriter writer;

  private RepairedFile(RecordingWriter writer) {
    this.writer = writer;
  }

  /** Begins a file that is to take the name {@code out}, and is not to be {@code damaged}. */
  static RepairedFile create(Path damaged, Path out) throws IOException {
    if (Files.exists(out) && Files.isSameFile(damaged, out)) {
      throw new RecordingException(
          out + ": found the recording to repair, expected another file; choose another name");
    }
    return new RepairedFile(RecordingWriter.part(out));
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
      writer.commit();
    } catch (RecordingException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
