package io.tracestream.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A frame that is too large to be moved with each read, while it arrives. Its buffers grow with the
 * bytes that have come, whatever length was announced.
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
   * @param beginning the part of the frame that has come, at least all of its header; copied
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

  /** Bytes of memory that the parts take up. */
  long capacity() {
    return capacity;
  }

  /** Whether the next read needs another buffer. */
  boolean isFull() {
    return !parts.getLast().hasRemaining();
  }

  /** The buffer for the next read, with room up to the frame's end at most; then {@link #came}. */
  ByteBuffer room() {
    if (isFull()) {
      parts.addLast(take(arrived));
    }
    ByteBuffer last = parts.getLast();
    return last.limit((int) Math.min(last.capacity(), last.position() + missing));
  }

  /** Bytes were read into the {@link #room}. */
  void came(int bytes) {
    arrived += bytes;
    missing -= bytes;
  }

  boolean isWhole() {
    return missing == 0;
  }

  /** Bytes that are still to come. */
  long missing() {
    return missing;
  }

  /** Bytes that have come, with the header; once the frame is complete, its length. */
  long arrived() {
    return arrived;
  }

  /** The first bytes, with all of the header, from the position on. A view. */
  ByteBuffer beginning() {
    return parts.getFirst().duplicate().flip();
  }

  /**
   * Ends the reading and gives the parts away, each from its position to its limit: they belong to
   * the caller from now on.
   */
  ArrayDeque<ByteBuffer> take() {
    parts.forEach(ByteBuffer::flip);
    return parts;
  }
}
