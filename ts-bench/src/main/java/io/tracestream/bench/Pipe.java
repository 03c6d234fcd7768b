package io.tracestream.bench;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

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
 *
 * <p>A channel, as the socket of a client is: header and payload come in one gathering write.
 */
class Pipe implements GatheringByteChannel {
  private static final int CAPACITY = 64 * 1024;

  private final FrameDecoder decoder = new FrameDecoder(FrameFormat.DEFAULT);
  private final byte[] expected;
  private int frames;
  /** The partial frame that the reader left, and what was written after it, up to the position. */
  private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);

  private boolean closed;

  /** A sink that rejects each frame whose payload differs from this. */
  Pipe(byte[] expected) {
    this.expected = expected;
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    return write(from, 0, from.length);
  }

  @Override
  public long write(ByteBuffer[] from, int at, int count) throws IOException {
    long written = 0;
    for (int i = at; i < at + count; i++) {
      written += write(from[i]);
    }
    return written;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    int count = from.remaining();
    while (from.hasRemaining()) {
      int n = Math.min(from.remaining(), buffer.remaining());
      buffer.put(buffer.position(), from, from.position(), n);
      from.position(from.position() + n);
      buffer.position(buffer.position() + n);
      if (!buffer.hasRemaining()) {
        drain();
      }
    }
    return count;
  }

  private void drain() throws IOException {
    decoder.decode(buffer.flip(), this::check);
    buffer.compact();
    if (!buffer.hasRemaining()) {
      throw new IOException("pipe: found a frame longer than its " + CAPACITY + " bytes");
    }
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  /** Lets the reader take the rest, which has to end with a whole frame. */
  @Override
  public void close() throws IOException {
    closed = true;
    decoder.decode(buffer.flip(), this::check);
    decoder.end(buffer);
  }

  /** Compares every byte, and the lengths: a payload that ends early differs at its end. */
  private void check(ByteBuffer payload) throws IOException {
    // Arrays, since the JIT compiler has vector code for these, and none for direct buffers.
    int from = payload.arrayOffset() + payload.position();
    int index = Arrays.mismatch(
        expected, 0, expected.length, payload.array(), from, from + payload.remaining());
    frames++;
    if (index >= 0) {
      throw new IOException(
          payload.remaining() != expected.length
              ? "frame " + frames + ": found " + payload.remaining() + " payload bytes, expected "
                  + expected.length
              : "frame " + frames + ": payload byte " + index + ": found "
                  + payload.get(payload.position() + index) + ", expected " + expected[index]);
    }
  }

  void requireFrames(int count) throws IOException {
    if (frames != count) {
      throw new IOException("found " + frames + " frames, expected " + count);
    }
  }
}
