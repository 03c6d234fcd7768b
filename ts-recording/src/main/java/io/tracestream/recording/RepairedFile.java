package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recording that takes its name when it is complete; closed before, it leaves nothing behind. */
final class RepairedFile implements Closeable {
  private final RecordingWriter writer;
  /** Its name until it is complete. */
  private final Path part;
  /** Needed if a signal ends the process before this is closed. */
  private final Thread atExit;

  private RepairedFile(RecordingWriter writer) {
    this.writer = writer;
    this.part = writer.place();
    this.atExit = new Thread(this::deletePart, "ts-recording-exit");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  private void deletePart() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // The process is ending: nobody would see an error.
    }
  }

  /** Begins a file that will take the name {@code out}, which must not be {@code damaged}. */
  static RepairedFile create(Path damaged, Path out) throws IOException {
    if (Files.exists(out) && Files.isSameFile(damaged, out)) {
      throw new RecordingException(out + ": is the recording to repair; choose another name");
    }
    return new RepairedFile(RecordingWriter.part(out));
  }

  /** Takes an entry; the payload is lent for this call. */
  void entry(long elapsedMicros, Direction direction, ByteBuffer payload) throws IOException {
    try {
      writer.writeAtAnyTime(elapsedMicros, direction, payload);
    } catch (RecordingException e) {
      throw failure(e);
    }
  }

  /** Takes comments, each ended with {@code \n}. */
  OutputStream comments() {
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

  /** Such an error must not be taken for damage in the recording that is read. */
  private static IOException failure(RecordingException e) {
    return new IOException(e.getMessage(), e);
  }

  /** Gives the file, which is now complete, its name. */
  void commit() throws IOException {
    try {
      writer.commit();
    } catch (RecordingException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (writer) {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook does its work.
    }
  }
}
