package io.tracestream.bench;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads frames from buffers on the heap, and refuses each one whose payload differs from what it
 * should be.
 */
final class FrameCheck implements FrameSink {
  private final FrameDecoder decoder;
  private final byte[] expected;
  private int frames;

  FrameCheck(FrameFormat format, byte[] expected) {
    this.decoder = new FrameDecoder(format);
    this.expected = expected;
  }

  /** Checks the whole frames in {@code in} and leaves a partial one unread. */
  void read(ByteBuffer in) throws IOException {
    decoder.decode(in, this);
  }

  /** Refuses an end inside a frame. */
  void end(ByteBuffer rest) throws IOException {
    decoder.end(rest);
  }

  @Override
  public void payload(ByteBuffer payload) throws IOException {
    // Compares every byte, and the lengths: one that ends early differs at its end. Arrays, since
    // the JIT compiler has vector code for comparing these, and none for direct buffers.
    int from = payload.arrayOffset() + payload.position();
    int index = Arrays.mismatch(
        expected, 0, expected.length, payload.array(), from, from + payload.remaining());
    if (index >= 0) {
      throw differs(payload, index);
    }
    frames++;
  }

  private IOException differs(ByteBuffer payload, int index) {
    String place = "frame " + (frames + 1) + ": ";
    return new IOException(
        payload.remaining() != expected.length
            ? place + "found " + payload.remaining() + " payload bytes, expected " + expected.length
            : place + "payload byte " + index + ": found " + payload.get(payload.position() + index)
                + ", expected " + expected[index]);
  }

  void requireFrames(int count) throws IOException {
    if (frames != count) {
      throw new IOException("found " + frames + " frames, expected " + count);
    }
  }
}
