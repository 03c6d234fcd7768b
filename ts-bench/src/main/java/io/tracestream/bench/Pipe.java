package io.tracestream.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * An in-memory pipe of 64 KiB. Its reader runs in the writer's thread: when the pipe is full, the
 * writer pauses in its write, the reader takes all whole frames, and the writer goes on.
 *
 * <p>So does an async runtime with two tasks on one thread. Here it is also the quickest of what
 * was measured: with two threads and a ring buffer between them (spin, then park) each byte moves
 * from one core's cache to the other's, and each thread waits while the other one's core is busy
 * with something else, which took from as long to thirty times as long, from run to run. A blocking
 * reader in place of the decoder copies each byte once more, and takes half as long again. The way
 * is not shortened: each byte is copied into the pipe, and compared there.
 */
final class Pipe extends OutputStream {
  private static final int CAPACITY = 64 * 1024;

  private final FrameCheck reader;
  /** The partial frame that the reader left, and what was written behind it: up to the position. */
  private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);

  Pipe(FrameCheck reader) {
    this.reader = reader;
  }

  @Override
  public void write(int oneByte) throws IOException {
    write(new byte[] {(byte) oneByte}, 0, 1);
  }

  @Override
  public void write(byte[] from, int at, int count) throws IOException {
    int written = 0;
    while (written < count) {
      int n = Math.min(count - written, buffer.remaining());
      buffer.put(from, at + written, n);
      written += n;
      if (!buffer.hasRemaining()) {
        drain();
      }
    }
  }

  private void drain() throws IOException {
    reader.read(buffer.flip());
    buffer.compact();
    if (!buffer.hasRemaining()) {
      throw new IOException("pipe: found a frame longer than its " + CAPACITY + " bytes");
    }
  }

  /** Lets the reader take the rest, which has to end with a whole frame. */
  @Override
  public void close() throws IOException {
    reader.read(buffer.flip());
    reader.end(buffer);
  }
}
