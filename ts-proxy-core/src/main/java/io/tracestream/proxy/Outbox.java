package io.tracestream.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;

/** Whole frames on their way to a socket, in the buffers that they came in. */
final class Outbox {
  private final BufferPool buffers;
  /** What the socket has not taken yet, each buffer from its position to its limit. */
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>(2);

  private long taken;

  Outbox(BufferPool buffers) {
    this.buffers = buffers;
  }

  boolean isEmpty() {
    return unsent.isEmpty();
  }

  /** Bytes that the socket has taken so far. */
  long taken() {
    return taken;
  }

  /** Puts {@code frames}, which is the outbox's now, behind what waits already. */
  void add(ByteBuffer frames) {
    unsent.addLast(frames);
  }

  /** Writes as much as the socket takes. */
  void flush(WritableByteChannel socket) throws IOException {
    while (!unsent.isEmpty()) {
      ByteBuffer frames = unsent.pollFirst();
      try {
        taken += socket.write(frames);
      } catch (IOException e) {
        buffers.give(frames);
        throw e;
      }
      if (frames.hasRemaining()) {
        unsent.addFirst(buffers.shrink(frames));
        return;
      }
      buffers.give(frames);
    }
  }

  /** Throws all away. */
  void clear() {
    unsent.forEach(buffers::give);
    unsent.clear();
  }
}
