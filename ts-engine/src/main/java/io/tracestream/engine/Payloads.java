package io.tracestream.engine;

import io.tracestream.codec.FrameSink;
import java.nio.ByteBuffer;

/**
 * Takes the payload of each whole frame that a {@link FrameSocket} reads, in order. It must not
 * throw: it keeps an error until the read is over.
 */
public interface Payloads extends FrameSink {
  @Override
  void payload(ByteBuffer payload);

  /**
   * Takes the payload of a frame that is too large for one buffer.
   *
   * @param parts the payload's bytes, each part from its position to its limit; lent for this call.
   *     Positions and limits may be moved, but the bytes must not be changed
   */
  void largePayload(ByteBuffer[] parts);
}
