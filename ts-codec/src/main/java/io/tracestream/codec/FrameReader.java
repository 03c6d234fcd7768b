package io.tracestream.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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
  /** What is lent: the same view each time, so that a frame costs no memory. */
  private ByteBuffer view = ByteBuffer.wrap(buffer.array());
  /** The payload of a frame that does not fit into the buffer; grows with what arrives. */
  private byte[] large = new byte[0];
  /** Bytes of that payload that have come, or -1 between such frames. */
  private int largeArrived = -1;

  /**
   * A reader at the start of a stream.
   *
   * @param in the stream to read; it need not be buffered
   * @param format the frames to expect
   */
  public FrameReader(InputStream in, FrameFormat format) {
    this.in = in;
    this.format = format;
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
  public byte[] read() throws IOException {
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
  public ByteBuffer lend() throws IOException {
    int header = format.headerLength();
    if (!fill(header)) {
      if (buffer.hasRemaining()) {
        throw FrameException.cutHeader(offset, buffer.remaining(), header);
      }
      return null;
    }
    int length = format.payloadLength(buffer, buffer.position(), offset);
    ByteBuffer payload =
        header + (long) length <= BUFFER ? lendBuffered(length) : lendLarge(length);
    offset += (long) header + length;
    return payload;
  }

  /**
   * Whether the next frame has already been read from the stream, so that the next call will not
   * wait. A server can gather its replies while this is true.
   *
   * @return false if the next call has to read from the stream, where it may find a frame at once
   */
  public boolean ready() {
    int header = format.headerLength();
    if (largeArrived >= 0 || buffer.remaining() < header) {
      return false;
    }
    try {
      int length = format.payloadLength(buffer, buffer.position(), offset);
      return buffer.remaining() - header >= length;
    } catch (FrameException e) {
      return true; // the next call throws it
    }
  }

  private ByteBuffer lendBuffered(int length) throws IOException {
    int header = format.headerLength();
    if (!fill(header + length)) {
      throw FrameException.cutPayload(offset, buffer.remaining() - header, length);
    }
    int from = buffer.position() + header;
    buffer.position(from + length);
    return viewOf(buffer.array(), from, length);
  }

  private ByteBuffer lendLarge(int length) throws IOException {
    // The header stays in the buffer until its frame is whole, so a time-out loses nothing.
    if (largeArrived < 0) {
      startLarge();
    }
    while (largeArrived < length) {
      if (largeArrived == large.length) {
        large = Arrays.copyOf(large, (int) Math.min(length, 2L * large.length));
      }
      int n = in.read(large, largeArrived, Math.min(length, large.length) - largeArrived);
      if (n < 0) {
        throw FrameException.cutPayload(offset, largeArrived, length);
      }
      largeArrived += n;
    }
    largeArrived = -1;
    buffer.limit(0);
    return viewOf(large, 0, length);
  }

  private ByteBuffer viewOf(byte[] bytes, int from, int length) {
    if (view.array() != bytes) {
      view = ByteBuffer.wrap(bytes);
    }
    return view.clear().order(ByteOrder.BIG_ENDIAN).limit(from + length).position(from);
  }

  private void startLarge() {
    if (large.length < 2 * BUFFER) {
      large = new byte[2 * BUFFER];
    }
    int from = buffer.position() + format.headerLength();
    largeArrived = buffer.limit() - from;
    buffer.get(from, large, 0, largeArrived);
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
