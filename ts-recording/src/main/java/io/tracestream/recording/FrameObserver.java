package io.tracestream.recording;

import java.nio.ByteBuffer;

/**
 * Sees each whole frame that passes through a proxy, a replay or a verification, as it passes. What
 * it sees is what goes on; it cannot change or stop it.
 *
 * <p>Threads: it is called on event loops, by several of them at the same time, and those of one
 * connection in order. A call stops all connections of its loop for as long as it takes: copy what
 * is needed, and leave the rest to another thread. It must not throw, as that ends the connection.
 */
@FunctionalInterface
public interface FrameObserver {
  /**
   * A frame passes: it is about to be forwarded or sent, or has just come.
   *
   * @param connection the number of its connection, from 1
   * @param direction which way it goes
   * @param payload its payload, in order in one buffer or more, each from its position to its
   *     limit; read-only, and lent for this call
   */
  void frame(long connection, Direction direction, ByteBuffer... payload);
}
