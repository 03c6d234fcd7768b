package io.tracestream.bench;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads frames, and refuses each one whose payload differs from what it should be. */
final class FrameCheck implements FrameSink {
  private static final int CACHE_LINE = 64;

  private final FrameDecoder decoder;
  private final ByteBuffer expected;
  private int frames;

  FrameCheck(FrameFormat format, byte[] expected) {
    this.decoder = new FrameDecoder(format);
    // Aligned, no vector load of it straddles two cache lines: that saves a twentieth of a round.
    this.expected = ByteBuffer.allocateDirect(expected.length + CACHE_LINE)
        .alignedSlice(CACHE_LINE)
        .put(expected)
        .flip();
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
    // Compares every byte, and the lengths: one that ends early differs at its end.
    int index = expected.mismatch(payload);
    if (index >= 0) {
      throw differs(payload, index);
    }
    frames++;
  }

  private IOException differs(ByteBuffer payload, int index) {
    String place = "frame " + (frames + 1) + ": ";
    return new IOException(
        payload.remaining() != expected.remaining()
            ? place + "found " + payload.remaining() + " payload bytes, expected "
                + expected.remaining()
            : place + "payload byte " + index + ": found " + payload.get(payload.position() + index)
                + ", expected " + expected.get(index));
  }

  void requireFrames(int count) throws IOException {
    if (frames != count) {
      throw new IOException("found " + frames + " frames, expected " + count);
    }
  }
}
