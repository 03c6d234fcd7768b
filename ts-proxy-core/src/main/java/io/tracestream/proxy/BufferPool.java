package io.tracestream.proxy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The direct buffers of one event loop, in sizes of powers of two, for use again and again. A
 * buffer has one holder at a time: whoever took it, until it is given back. For the loop's thread
 * alone.
 */
final class BufferPool {
  /** What one read takes at most, in bytes. */
  static final int LARGEST = 256 * 1024;

  private static final int SMALLEST = 256;
  /** Free buffers are kept up to so many bytes in all, so that a burst's memory goes back. */
  private static final int MOST_FREE = 32 * 1024 * 1024;

  /** Free buffers by size: 256 bytes, 512, and so on. */
  private final List<ArrayDeque<ByteBuffer>> free = Stream.generate(
          () -> new ArrayDeque<ByteBuffer>())
      .limit(sizeIndex(LARGEST) + 1)
      .toList();

  private int freeBytes;

  /** An empty buffer of at least {@code size} bytes, at most {@link #LARGEST}. */
  ByteBuffer take(int size) {
    int index = sizeIndex(size);
    ByteBuffer buffer = free.get(index).pollLast();
    if (buffer == null) {
      return ByteBuffer.allocateDirect(SMALLEST << index);
    }
    freeBytes -= buffer.capacity();
    return buffer.clear();
  }

  void give(ByteBuffer buffer) {
    if (freeBytes + buffer.capacity() <= MOST_FREE) {
      freeBytes += buffer.capacity();
      free.get(sizeIndex(buffer.capacity())).addLast(buffer);
    }
  }

  /** Moves what is left in {@code buffer} to a buffer of fitting size, if that spares much. */
  ByteBuffer shrink(ByteBuffer buffer) {
    if (buffer.remaining() > buffer.capacity() / 4) {
      return buffer;
    }
    ByteBuffer smaller = take(buffer.remaining()).put(buffer).flip();
    give(buffer);
    return smaller;
  }

  private static int sizeIndex(int size) {
    int blocks = (Math.max(size, 1) - 1) / SMALLEST;
    return 32 - Integer.numberOfLeadingZeros(blocks);
  }
}
