package io.tracestream.recording;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses text into gzip members (RFC 1952). Instances are pooled: there are never more of them
 * than threads that write at the same moment.
 */
final class GzipMember {
  private static final ConcurrentLinkedQueue<GzipMember> FREE = new ConcurrentLinkedQueue<>();
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 4, -1};
  private static final int TRAILER = 8;

  /** The fastest level: hex digits shrink to little more than half at any level. */
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);

  private final CRC32 sum = new CRC32();
  private ByteBuffer packed = ByteBuffer.allocate(0);

  private GzipMember() {}

  /** Takes one out of the pool, until it is given back. */
  static GzipMember take() {
    GzipMember free = FREE.poll();
    return free != null ? free : new GzipMember();
  }

  void give() {
    FREE.add(this);
  }

  /**
   * Compresses {@code text}, from its position to its limit; the result is lent until the next
   * call.
   */
  ByteBuffer pack(ByteBuffer text) {
    // Text that cannot be compressed grows by 5 bytes for each 16 KiB or so.
    int most = HEADER.length + text.remaining() + text.remaining() / 1000 + 64 + TRAILER;
    if (packed.capacity() < most) {
      packed =
          ByteBuffer.allocate(Math.max(most, 2 * packed.capacity())).order(ByteOrder.LITTLE_ENDIAN);
    }
    int length = text.remaining();
    sum.reset();
    sum.update(text.duplicate());
    packed.clear().put(HEADER);
    deflater.reset();
    deflater.setInput(text);
    deflater.finish();
    while (!deflater.finished()) {
      deflater.deflate(packed);
    }
    return packed.putInt((int) sum.getValue()).putInt(length).flip();
  }
}
