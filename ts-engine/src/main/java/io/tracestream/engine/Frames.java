package io.tracestream.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A run of whole frames that a socket read, headers included, in the buffers that they came in.
 *
 * <p>Each loop has one, which is valid until the next read on that loop: hand it to
 * {@link FrameSocket#send(Frames)}, or {@link #release} it.
 */
public final class Frames {
  private final BufferPool buffers;
  /** Each buffer from its position to its limit. */
  final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>(32);

  Frames(BufferPool buffers) {
    this.buffers = buffers;
  }

  /**
   * Whether no whole frame came.
   *
   * @return true when there is nothing to send
   */
  public boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Throws the frames away. */
  public void release() {
    for (ByteBuffer part = parts.pollFirst(); part != null; part = parts.pollFirst()) {
      buffers.give(part);
    }
  }
}
