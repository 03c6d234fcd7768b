package io.tracestream.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;

/**
 * A frame that is too large to be moved at each read, while it arrives. Its buffers grow with what
 * has come, whatever length was announced.
 */
final class LargeFrame {
  private final BufferPool buffers;
  /** The parts so far, each from 0 to its position. */
  private final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>();

  private long arrived;
  private long missing;
  /** Capacity of all parts. */
  private long capacity;

  /**
   * @param beginning what has come of the frame: all of its header at least; copied
   * @param missing bytes to come
   */
  LargeFrame(BufferPool buffers, ByteBuffer beginning, long missing) {
    this.buffers = buffers;
    this.missing = missing;
    this.arrived = beginning.remaining();
    parts.add(take(2 * arrived).put(beginning));
  }

  private ByteBuffer take(long size) {
    ByteBuffer part = buffers.take((int) Math.min(size, BufferPool.LARGEST));
    capacity += part.capacity();
    return part;
  }

  /** Bytes of memory that the parts take. */
  long capacity() {
    return capacity;
  }

  /** Whether the next read needs another buffer. */
  boolean isFull() {
    return !parts.getLast().hasRemaining();
  }

  /** Reads once, no further than the frame's end; gives what the channel gave. */
  int read(ReadableByteChannel source) throws IOException {
    if (isFull()) {
      parts.addLast(take(arrived));
    }
    ByteBuffer last = parts.getLast();
    last.limit((int) Math.min(last.capacity(), last.position() + missing));
    int n = source.read(last);
    arrived += Math.max(n, 0);
    missing -= Math.max(n, 0);
    return n;
  }

  boolean isWhole() {
    return missing == 0;
  }

  /** Bytes that are still to come. */
  long missing() {
    return missing;
  }

  /** Bytes that have come, header included; of a whole frame, its length. */
  long arrived() {
    return arrived;
  }

  /** What has come first: all of the header, from the position on. A view. */
  ByteBuffer beginning() {
    return parts.getFirst().duplicate().flip();
  }

  /**
   * Ends the reading and gives the parts, each from its position to its limit; they are the
   * caller's now.
   */
  ArrayDeque<ByteBuffer> take() {
    parts.forEach(ByteBuffer::flip);
    return parts;
  }
}
