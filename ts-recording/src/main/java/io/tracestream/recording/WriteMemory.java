package io.tracestream.recording;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What the writers of one thread share: the buffers in which lines wait, and a background thread,
 * which starts with the first full buffer. A file takes a small buffer when it has a line to write,
 * and a large one if that was not enough. This way, many files cost little while little is written,
 * and the few large buffers go to the files that need them.
 *
 * <p>For the thread of its writers.
 */
final class WriteMemory implements Closeable {
  static final int LARGE = 256 * 1024;
  static final int SMALL = 8 * 1024;
  /** Enough to even out a file system that is sometimes slow. */
  static final int ENOUGH_FOR_ONE = 4;

  private final ExecutorService background = Executors.newSingleThreadExecutor(WriteMemory::thread);
  private final ArrayDeque<ByteBuffer> freeLarge = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> freeSmall = new ArrayDeque<>();
  private final int mostLarge;
  private int large;
  /** Shared, as it is only needed during a call. */
  final HexEncoder hex = new HexEncoder();
  /** Shared as well; grows with the longest payload up to a size that is worth keeping. */
  private ByteBuffer copied = ByteBuffer.allocate(SMALL);

  /** @param mostLarge how many large buffers there may be */
  WriteMemory(int mostLarge) {
    this.mostLarge = mostLarge;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "ts-recording");
    thread.setDaemon(true); // flush and close wait for it
    return thread;
  }

  ExecutorService background() {
    return background;
  }

  /** An empty buffer: a small one, or a large one if wanted and available. */
  ByteBuffer take(boolean wantLarge) {
    ByteBuffer buffer = wantLarge ? takeLargeIfPossible() : null;
    return buffer != null ? buffer : takeSmall();
  }

  private @Nullable ByteBuffer takeLargeIfPossible() {
    try {
      return takeLarge();
    } catch (OutOfMemoryError e) {
      return null; // there may still be memory for a small one
    }
  }

  private ByteBuffer takeSmall() {
    ByteBuffer free = freeSmall.pollLast();
    return free != null ? free : ByteBuffer.allocateDirect(SMALL);
  }

  /** An empty large buffer; null if others have them all. */
  @Nullable
  ByteBuffer takeLarge() {
    ByteBuffer free = freeLarge.pollLast();
    if (free == null && large < mostLarge) {
      free = ByteBuffer.allocateDirect(LARGE);
      large++;
    }
    return free;
  }

  /** Exchanges an empty small buffer for a large one, if there is one. */
  ByteBuffer preferLarge(ByteBuffer buffer) {
    ByteBuffer better = buffer.capacity() == LARGE ? null : takeLargeIfPossible();
    if (better == null) {
      return buffer;
    }
    give(buffer);
    return better;
  }

  /** Takes back an empty buffer. */
  void give(ByteBuffer buffer) {
    (buffer.capacity() == LARGE ? freeLarge : freeSmall).addLast(buffer);
  }

  /** A copy of a payload that is in one part or several, for the time of a call. */
  ByteBuffer copy(ByteBuffer... payload) {
    int length = 0;
    for (ByteBuffer part : payload) {
      length += part.remaining();
    }
    ByteBuffer copy = copied;
    if (copy.capacity() < length) {
      copy = ByteBuffer.allocate(length <= LARGE ? LARGE : length);
      copied = length <= LARGE ? copy : copied;
    }
    copy.clear();
    int at = 0;
    for (ByteBuffer part : payload) {
      copy.put(at, part, part.position(), part.remaining());
      at += part.remaining();
    }
    return copy.limit(length);
  }

  /** Ends the background thread, after what it has to write. */
  @Override
  public void close() {
    background.shutdown();
  }
}
