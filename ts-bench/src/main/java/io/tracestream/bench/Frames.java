package io.tracestream.bench;

import java.nio.ByteBuffer;

/** The frames of the load: an 8-byte header, and a payload that nobody looks into. */
final class Frames {
  static final int HEADER_LENGTH = Long.BYTES;

  private Frames() {}

  /** That many equal frames in a direct buffer, ready to be read from it. */
  static ByteBuffer direct(int payloadLength, int count) {
    ByteBuffer frames = ByteBuffer.allocateDirect((HEADER_LENGTH + payloadLength) * count);
    for (int frame = 0; frame < count; frame++) {
      frames.putLong(payloadLength);
      for (int i = 0; i < payloadLength; i++) {
        frames.put((byte) (i * 31 + frame));
      }
    }
    return frames.flip();
  }
}
