package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a {@link FrameWriter} puts its frames. Payloads are no longer than the format allows. */
interface FrameOutput {
  /** Writes the frame of that payload. */
  void write(byte[] payload) throws IOException;

  /** Writes the frame of the payload from its position to its limit, and moves it there. */
  void write(ByteBuffer payload) throws IOException;
}
