package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a {@link FrameWriter} puts its frames. */
interface FrameOutput {
  /**
   * Writes the frame of the payload from its position to its limit, and moves it there.
   *
   * @param offset bytes of the stream in the frames before it
   * @return bytes of the frame
   */
  long write(ByteBuffer payload, long offset) throws IOException;
}
