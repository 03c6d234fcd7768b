package io.tracestream.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * The pool of direct buffers of one event loop, in sizes that are powers of two. A buffer has one
 * holder at a time: whoever took it, until it is given back. For the loop's thread alone.
 */
final class BufferPool {
  /** The most that one read takes, in bytes: the more, the fewer wake-ups a flood costs. */
  static final int LARGEST = 1024 * 1024;

  private static final int SMALLEST = 256;
  /** The most bytes of free buffers in a pool, so that the memory of a burst is freed. */
  private static final long MOST_FREE = 32 * 1024 * 1024;

  /** Free buffers by size: 256 bytes, 512, and so on. */
  private final List<ArrayDeque<ByteBuffer>> free = Stream.generate(
          () -> new ArrayDeque<ByteBuffer>())
      .limit(sizeIndex(LARGEST) + 1)
      .toList();

  private final IntSupplier readSize;
  private final long mostFree;
  private long freeBytes;

  /**
   * @param mostFree how many bytes of free buffers to keep at most
   * @param readSize how much one read should take now, in bytes, at most {@link #LARGEST}
   */
  BufferPool(long mostFree, IntSupplier readSize) {
    this.mostFree = Math.min(mostFree, MOST_FREE);
    this.readSize = readSize;
  }

  /**
   * An empty buffer to read into, with room for more than {@code kept} bytes, below the largest.
   */
  ByteBuffer takeToRead(int kept) {
    return take(Math.min(Math.max(readSize.getAsInt(), 2 * kept), LARGEST));
  }

  /** How much one read should take now, in bytes. */
  int readSize() {
    return readSize.getAsInt();
  }

  /** An empty buffer of at least {@code size} bytes, at most {@link #LARGEST}. */
  ByteBuffer take(int size) {
    int index = sizeIndex(size);
    ByteBuffer buffer = free.get(index).pollLast();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(SMALLEST << index);
    } else {
      freeBytes -= buffer.capacity();
    }
    return buffer.clear();
  }

  void give(ByteBuffer buffer) {
    if (freeBytes + buffer.capacity() > mostFree) {
      makeRoom(buffer.capacity());
    }
    freeBytes += buffer.capacity();
    free.get(sizeIndex(buffer.capacity())).addLast(buffer);
  }

  /** Frees buffers, the smallest first, so that a past burst does not crowd out the size in use. */
  private void makeRoom(int size) {
    for (ArrayDeque<ByteBuffer> ofOneSize : free) {
      while (freeBytes + size > mostFree && !ofOneSize.isEmpty()) {
        freeBytes -= ofOneSize.pollFirst().capacity();
      }
    }
  }

  /** Moves the rest of {@code buffer} to a buffer of its size, if that saves much memory. */
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
