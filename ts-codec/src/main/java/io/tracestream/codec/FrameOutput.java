package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a {@link FrameWriter} puts its frames. Payloads are within what the format allows. */
interface FrameOutput {
  /** Writes the frame of that payload. */
  void write(byte[] payload) throws IOException;

  /** Writes the frame of the payload from position to limit, and leaves it read. */
  void write(ByteBuffer payload) throws IOException;
}
