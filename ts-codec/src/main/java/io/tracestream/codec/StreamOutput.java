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
  public long write(ByteBuffer payload, long offset) throws IOException {
    format.putHeader(buffer.clear(), payload, offset);
    long length = buffer.position() + (long) payload.remaining();
    if (payload.hasArray()) {
      writeArray(payload);
    } else {
      writeInPieces(payload);
    }
    return length;
  }

  private void writeArray(ByteBuffer payload) throws IOException {
    int first = Math.min(payload.remaining(), buffer.remaining());
    byte[] from = payload.array();
    int start = payload.arrayOffset() + payload.position();
    buffer.put(from, start, first);
    writeBuffer();
    if (first < payload.remaining()) {
      out.write(from, start + first, payload.remaining() - first);
    }
    payload.position(payload.limit());
  }

  /** A stream takes only arrays, so all of this payload goes through the buffer. */
  private void writeInPieces(ByteBuffer payload) throws IOException {
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
