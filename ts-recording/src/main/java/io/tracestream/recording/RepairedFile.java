package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recording that takes its name when it is whole; closed before, it leaves nothing behind. */
final class RepairedFile implements Closeable {
  private final RecordingWriter writer;
  /** What it is called until it is whole. */
  private final Path part;
  /** A signal ends the process without closing this. */
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
      // It is an unfinished file of ours: there is nobody left to tell.
    }
  }

  /** Begins a file that is to take the name {@code out}, and is not to be {@code damaged}. */
  static RepairedFile create(Path damaged, Path out) throws IOException {
    if (Files.exists(out) && Files.isSameFile(damaged, out)) {
      throw new RecordingException(
          out + ": found the recording to repair, expected another file; choose another name");
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
    try (writer) {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook is at work.
    }
  }
}
