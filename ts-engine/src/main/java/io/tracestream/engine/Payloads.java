package io.tracestream.engine;

import io.tracestream.codec.FrameSink;
import java.nio.ByteBuffer;

/**
 * Takes the payload of each whole frame that a {@link FrameSocket} reads, in their order. What goes
 * wrong in it, it keeps to itself until the read is over.
 */
public interface Payloads extends FrameSink {
  @Override
  void payload(ByteBuffer payload);

  /**
   * Takes the payload of a frame that is too large for one buffer.
   *
   * @param parts the payload's bytes, each part from its position to its limit; lent for this call.
   *     Positions and limits may be moved at will, the bytes must stay
   */
  void largePayload(ByteBuffer[] parts);
}
