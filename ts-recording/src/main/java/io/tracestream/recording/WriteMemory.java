package io.tracestream.recording;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What the writers of one thread share: the buffers that lines wait in, and a background thread,
 * which starts with the first full buffer. A file takes a small buffer when there is a line to
 * wait, and a large one when that was not enough; so many files cost little while little is
 * written, and the large buffers, of which there are few, go to those that need them.
 *
 * <p>For the thread of its writers.
 */
final class WriteMemory implements Closeable {
  static final int LARGE = 256 * 1024;
  static final int SMALL = 8 * 1024;
  /** So many even out a file system that is quick and slow by turns. */
  static final int ENOUGH_FOR_ONE = 4;

  private final ExecutorService background = Executors.newSingleThreadExecutor(WriteMemory::thread);
  private final ArrayDeque<ByteBuffer> freeLarge = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> freeSmall = new ArrayDeque<>();
  private final int mostLarge;
  private int large;
  /** Shared as it is needed for the time of one call only. */
  final HexEncoder hex = new HexEncoder();

  /** @param mostLarge how many large buffers there may be */
  WriteMemory(int mostLarge) {
    this.mostLarge = mostLarge;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "ts-recording");
    thread.setDaemon(true); // who wants the text in the file flushes or closes
    return thread;
  }

  ExecutorService background() {
    return background;
  }

  /** An empty buffer, small; or large if wanted and to be had. */
  ByteBuffer take(boolean wantLarge) {
    ByteBuffer buffer = wantLarge ? takeLargeIfPossible() : null;
    return buffer != null ? buffer : takeSmall();
  }

  private ByteBuffer takeLargeIfPossible() {
    try {
      return takeLarge();
    } catch (OutOfMemoryError e) {
      return null; // a small one may still be had
    }
  }

  private ByteBuffer takeSmall() {
    ByteBuffer free = freeSmall.pollLast();
    return free != null ? free : ByteBuffer.allocateDirect(SMALL);
  }

  /** An empty large buffer; null when others have them all. */
  ByteBuffer takeLarge() {
    ByteBuffer free = freeLarge.pollLast();
    if (free == null && large < mostLarge) {
      free = ByteBuffer.allocateDirect(LARGE);
      large++;
    }
    return free;
  }

  /** Takes back an empty small buffer if a large one is to be had for it. */
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

  /** Ends the background thread, behind what it has to write. */
  @Override
  public void close() {
    background.shutdown();
  }
}
