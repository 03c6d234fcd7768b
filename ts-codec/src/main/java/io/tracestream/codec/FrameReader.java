package io.tracestream.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from a blocking stream, through a buffer of its own, so it may have read further
 * than the frames that it returned. It does not close the stream.
 *
 * <p>Keeps 64 KiB in memory, and in addition as much as the largest payload so far. For one thread
 * at a time. When the stream times out ({@link java.net.SocketTimeoutException}), the part of a
 * frame that has come is kept, and the next call continues from there.
 */
public final class FrameReader {
  private static final int BUFFER = 64 * 1024;

  private final InputStream in;
  private final FrameFormat format;
  /** Bytes that were read and not returned yet: position to limit. */
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
  /** Bytes of the stream in the frames returned so far: the next header begins there. */
  private long offset;
  /** What of a header belongs to the payload, while it is moved. */
  private final ByteBuffer headCopy;
  /** What is lent: the same view each time, so that a frame costs no memory. */
  private ByteBuffer view = ByteBuffer.wrap(buffer.array());
  /** The payload of a frame that does not fit into the buffer; grows with what arrives. */
  private byte[] large = new byte[0];
  /** Bytes of that payload that have come, or -1 between such frames. */
  private int largeArrived = -1;
  /** Those of them that stood before the end of the length field. */
  private int largeBefore;

  /**
   * A reader at the start of a stream.
   *
   * @param in the stream to read; it need not be buffered
   * @param format the frames to expect; those {@linkplain FrameFormat#ofServer of one direction} if
   *     they have a preamble
   */
  public FrameReader(InputStream in, FrameFormat format) {
    this.in = in;
    this.format = format.requireDirection();
    this.headCopy = ByteBuffer.allocate(format.mostHeaderLength());
  }

  /**
   * Waits for the next frame and returns a copy of its payload.
   *
   * @return the payload, which belongs to the caller; or null if the stream ended cleanly, between
   *     frames
   * @throws FrameException if the stream ends inside a frame, or a header announces more than the
   *     format allows
   * @throws IOException if the stream throws it
   */
  public byte @Nullable [] read() throws IOException {
    ByteBuffer payload = lend();
    if (payload == null) {
      return null;
    }
    byte[] copy = new byte[payload.remaining()];
    payload.get(copy);
    return copy;
  }

  /**
   * As {@link #read()}, without the copy.
   *
   * @return a view of the payload, position to limit, backed by an array; lent until the next call
   *     on this reader. Null if the stream ended cleanly
   * @throws FrameException as in {@link #read()}
   * @throws IOException if the stream throws it
   */
  public @Nullable ByteBuffer lend() throws IOException {
    long length = frameLength();
    while (length == 0) {
      // A header, or what is missing of it; a varint shows only byte by byte where it ends.
      if (!fill(Math.max(format.headerLength(), buffer.remaining() + 1))) {
        if (buffer.hasRemaining()) {
          throw FrameDecoder.cut(format, buffer, offset, buffer.remaining());
        }
        return null;
      }
      length = frameLength();
    }
    int head = format.head(buffer, buffer.position(), offset);
    ByteBuffer payload =
        length <= BUFFER ? lendBuffered((int) length, head) : lendLarge(length - head, head);
    offset += length;
    return payload;
  }

  private long frameLength() throws FrameException {
    return format.frameLength(buffer, buffer.position(), offset);
  }

  /**
   * Whether the next frame has already been read from the stream, so that the next call will not
   * wait. A server can gather its replies while this is true.
   *
   * @return false if the next call has to read from the stream, where it may find a frame at once
   */
  public boolean ready() {
    if (largeArrived >= 0) {
      return false;
    }
    try {
      long length = frameLength();
      return length > 0 && length <= buffer.remaining();
    } catch (FrameException e) {
      return true; // the next call throws it
    }
  }

  private ByteBuffer lendBuffered(int length, int head) throws IOException {
    if (!fill(length)) {
      throw FrameDecoder.cut(format, buffer, offset, buffer.remaining());
    }
    int start = buffer.position();
    int from = start + head;
    if (!format.isPayloadLast(offset)) {
      from -= moveHead(start, head);
    }
    buffer.position(start + length);
    return viewOf(buffer.array(), from, start + length - from);
  }

  /** Puts what of the header belongs to the payload right before the rest of it. */
  private int moveHead(int start, int head) {
    format.copyHead(buffer, start, head, offset, headCopy.clear());
    int count = headCopy.position();
    buffer.put(start + head - count, headCopy, 0, count);
    return count;
  }

  private ByteBuffer lendLarge(long length, int head) throws IOException {
    // The header stays in the buffer until its frame is whole, so a time-out loses nothing.
    if (largeArrived < 0) {
      startLarge(head);
    }
    int before = largeBefore;
    while (largeArrived - before < length) {
      if (largeArrived == large.length) {
        large = Arrays.copyOf(large, (int) Math.min(before + length, 2L * large.length));
      }
      int most = (int) Math.min(before + length, large.length);
      int n = in.read(large, largeArrived, most - largeArrived);
      if (n < 0) {
        throw FrameException.cutPayload(offset, largeArrived - before, length);
      }
      largeArrived += n;
    }
    int end = largeArrived;
    largeArrived = -1;
    buffer.limit(0);
    return viewOf(large, 0, end);
  }

  private ByteBuffer viewOf(byte[] bytes, int from, int length) {
    if (view.array() != bytes) {
      view = ByteBuffer.wrap(bytes);
    }
    return view.clear().order(ByteOrder.BIG_ENDIAN).limit(from + length).position(from);
  }

  private void startLarge(int head) {
    if (large.length < 2 * BUFFER) {
      large = new byte[2 * BUFFER];
    }
    ByteBuffer kept = ByteBuffer.wrap(large);
    if (!format.isPayloadLast(offset)) {
      format.copyHead(buffer, buffer.position(), head, offset, kept);
    }
    largeBefore = kept.position();
    int from = buffer.position() + head;
    int count = buffer.limit() - from;
    buffer.get(from, large, largeBefore, count);
    largeArrived = largeBefore + count;
    buffer.limit(from);
  }

  /**
   * Waits until at least {@code count} bytes are in the buffer; false if the stream ends before.
   */
  private boolean fill(int count) throws IOException {
    if (buffer.capacity() - buffer.position() < count || !buffer.hasRemaining()) {
      buffer.compact().flip();
    }
    while (buffer.remaining() < count) {
      int n = in.read(buffer.array(), buffer.limit(), BUFFER - buffer.limit());
      if (n < 0) {
        return false;
      }
      buffer.limit(buffer.limit() + n);
    }
    return true;
  }
}
