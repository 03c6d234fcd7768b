package io.tracestream.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A run of whole frames that a socket has read, with their headers, in the buffers that they came
 * in.
 *
 * <p>Each loop has one, which is valid until the next read on that loop: pass it to
 * {@link FrameSocket#forward}, or {@link #release} it.
 */
public final class FrameRun {
  private final BufferPool buffers;
  /** Each buffer from its position to its limit. */
  final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>(32);

  FrameRun(BufferPool buffers) {
    this.buffers = buffers;
  }

  /**
   * Whether no whole frame came.
   *
   * @return true if there is nothing to send
   */
  public boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Discards the frames. */
  public void release() {
    for (ByteBuffer part = parts.pollFirst(); part != null; part = parts.pollFirst()) {
      buffers.give(part);
    }
  }
}
