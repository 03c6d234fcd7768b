package io.tracestream.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Frames on a stream. Header and payload are put side by side in a buffer: with two writes, a small
 * payload would wait until the peer has acknowledged the header, some 40 ms later.
 */
final class StreamOutput implements FrameOutput {
  private static final int BUFFER = 64 * 1024;

  private final OutputStream out;
  private final FrameFormat format;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  StreamOutput(OutputStream out, FrameFormat format) {
    this.out = out;
    this.format = format;
  }

  @Override
  public void write(byte[] payload) throws IOException {
    write(payload, 0, payload.length);
  }

  @Override
  public void write(ByteBuffer payload) throws IOException {
    if (payload.hasArray()) {
      write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
      payload.position(payload.limit());
    } else {
      writeInPieces(payload);
    }
  }

  private void write(byte[] from, int start, int length) throws IOException {
    format.putHeader(buffer.clear(), length);
    int first = Math.min(length, buffer.remaining());
    buffer.put(from, start, first);
    writeBuffer();
    if (first < length) {
      out.write(from, start + first, length - first);
    }
  }

  /** A stream takes only arrays, so all of this payload goes through the buffer. */
  private void writeInPieces(ByteBuffer payload) throws IOException {
    format.putHeader(buffer.clear(), payload.remaining());
    do {
      int count = Math.min(payload.remaining(), buffer.remaining());
      buffer.put(buffer.position(), payload, payload.position(), count);
      buffer.position(buffer.position() + count);
      payload.position(payload.position() + count);
      writeBuffer();
      buffer.clear();
    } while (payload.hasRemaining());
  }

  private void writeBuffer() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
  }
}
