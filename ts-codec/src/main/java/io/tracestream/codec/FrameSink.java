package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the payloads that a {@link FrameDecoder} finds, in the order of the stream. */
@FunctionalInterface
public interface FrameSink {
  /**
   * Takes one payload.
   *
   * @param payload the payload, from its position to its limit, possibly empty; lent for this call:
   *     copy it to keep it. Its position and limit may be moved, but its bytes must not be changed
   * @throws IOException to end the decoding; the frame then counts as unread
   */
  void payload(ByteBuffer payload) throws IOException;
}
