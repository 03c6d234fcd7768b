package io.tracestream.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads frames from a blocking stream, through a buffer of its own: it may have taken more from the
 * stream than the frames it gave. Closing the stream is its owner's business.
 *
 * <p>Keeps 64 KiB, and as much more as the largest payload so far. For one thread at a time. When
 * the stream times out ({@link java.net.SocketTimeoutException}), what had come of a frame is kept,
 * and the next call goes on from there.
 */
public final class FrameReader {
  private static final int BUFFER = 64 * 1024;

  private final InputStream in;
  private final FrameFormat format;
  /** Bytes taken from the stream and not given yet: position to limit. */
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
  /** Bytes of the stream in the frames given so far: where the next header stands. */
  private long offset;
  /** What is lent: one view over and over, so that a frame costs no memory. */
  private ByteBuffer view = ByteBuffer.wrap(buffer.array());
  /** The payload of a frame that does not fit into the buffer; grows with what arrives. */
  private byte[] large = new byte[0];
  /** Payload bytes of that frame which have come, or -1 when none is under way. */
  private int largeArrived = -1;

  /**
   * A reader at the start of a stream.
   *
   * @param in where to read; no need to buffer it
   * @param format the frames to expect
   */
  public FrameReader(InputStream in, FrameFormat format) {
    this.in = in;
    this.format = format;
  }

  /**
   * Waits for the next frame and gives a copy of its payload.
   *
   * @return the payload, the caller's own; or null when the stream ended cleanly, between frames
   * @throws FrameException when the stream ended inside a frame, or a header announces more than
   *     the format allows
   * @throws IOException what the stream threw
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
   *     on this reader. Null when the stream ended cleanly
   * @throws FrameException as in {@link #read()}
   * @throws IOException what the stream threw
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
   * Whether the next frame has come, as far as was read: the next call will not wait. Who answers
   * frames can keep the answers together while this is true.
   *
   * @return false when the next call has to read from the stream; it may find a frame there at once
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
   * Waits until at least {@code count} bytes are in the buffer; false when the stream ended before.
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
