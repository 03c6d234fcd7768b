package io.tracestream.recording;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses text into gzip members (RFC 1952). Instances are pooled: there are never more of them
 * than threads that write or compress at the same moment, and buffers that wait for their turn in a
 * file.
 */
final class GzipMember {
  private static final ConcurrentLinkedQueue<GzipMember> FREE = new ConcurrentLinkedQueue<>();
  private static final ThreadPoolExecutor THREADS = threads();
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 4, -1};
  private static final int TRAILER = 8;
  /** How much of a text is tried first, in bytes, and how much is enough to try. */
  private static final int SAMPLE = 16 * 1024;

  private static final int ENOUGH_TO_TRY = 8 * SAMPLE;

  /** The fastest level: a higher one gains little on hex digits. */
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);

  private final CRC32 sum = new CRC32();
  private ByteBuffer packed = ByteBuffer.allocate(0);
  private int wholeLines;

  private GzipMember() {}

  /** As many as there are processors; they end when there is nothing to compress. */
  private static ThreadPoolExecutor threads() {
    int most = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor threads = new ThreadPoolExecutor(
        most, most, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread thread = new Thread(task, "ts-recording-gzip");
          thread.setDaemon(true); // whoever wants the result waits for it
          return thread;
        });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Compresses {@code text} as {@link #pack} does, on another thread.
   *
   * @return what holds the result, to be {@linkplain #give given back}
   */
  static Future<GzipMember> packElsewhere(ByteBuffer text, int lineEnd) {
    return THREADS.submit(() -> pack(text, lineEnd));
  }

  /**
   * Compresses {@code text}, from its position to its limit: whole lines become one member, and
   * what follows them another, which may be lost alone.
   *
   * @param lineEnd where in the text its last whole line ends
   * @return what holds the result, to be {@linkplain #give given back}
   */
  static GzipMember pack(ByteBuffer text, int lineEnd) {
    GzipMember free = FREE.poll();
    GzipMember member = free != null ? free : new GzipMember();
    int end = text.limit();
    member.packed.clear();
    member.add(text.limit(Math.max(lineEnd, text.position())));
    member.wholeLines = member.packed.position();
    member.add(text.limit(end));
    member.packed.flip();
    return member;
  }

  /** The members, until they are given back. */
  ByteBuffer packed() {
    return packed;
  }

  /** How many bytes of them hold the whole lines. */
  int wholeLines() {
    return wholeLines;
  }

  void give() {
    FREE.add(this);
  }

  private void add(ByteBuffer text) {
    int length = text.remaining();
    if (length == 0) {
      return;
    }
    // Text that cannot be compressed grows by 5 bytes for each 16 KiB or so.
    ensureRoom(HEADER.length + length + length / 1000 + 64 + TRAILER);
    sum.reset();
    sum.update(text.duplicate());
    packed.put(HEADER);
    boolean repeats = length < ENOUGH_TO_TRY || repeats(text.duplicate());
    // Digits of random bytes have no repeats worth looking for: without them they are compressed
    // to less, and quicker.
    deflater.setStrategy(repeats ? Deflater.DEFAULT_STRATEGY : Deflater.HUFFMAN_ONLY);
    deflate(text);
    packed.putInt((int) sum.getValue()).putInt(length);
  }

  /** Whether the text shrinks to less than its digits would alone. */
  private boolean repeats(ByteBuffer text) {
    int start = packed.position();
    deflater.setStrategy(Deflater.DEFAULT_STRATEGY);
    deflate(text.limit(text.position() + SAMPLE));
    boolean repeats = packed.position() - start < SAMPLE / 2;
    packed.position(start);
    return repeats;
  }

  private void deflate(ByteBuffer text) {
    deflater.reset();
    deflater.setInput(text);
    deflater.finish();
    while (!deflater.finished()) {
      deflater.deflate(packed);
    }
  }

  private void ensureRoom(int count) {
    if (packed.remaining() < count) {
      int most = Math.max(packed.position() + count, 2 * packed.capacity());
      packed = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN).put(packed.flip());
    }
  }
}
