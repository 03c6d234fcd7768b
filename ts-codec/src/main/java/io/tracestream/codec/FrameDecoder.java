package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds the whole frames in a stream that arrives in pieces. Allocates nothing per frame.
 *
 * <p>Put what arrives into a buffer, call {@link #decode}, and keep what it left unread in front of
 * the bytes that come next. The bytes that it read are whole frames in one contiguous range, so a
 * relay can pass them on as they are:
 *
 * <pre>
 *   before   position |00 02 68 69|00 01 21|00 05 68 65| limit
 *   lent                     68 69       21
 *   after                         position |00 05 68 65| limit
 * </pre>
 *
 * <p>For one thread at a time. One decoder serves one stream in one direction.
 */
public final class FrameDecoder {
  private final FrameFormat format;
  /** Bytes of the stream that were read as whole frames: the next header begins there. */
  private long offset;

  private long frames;

  /** The payload that is lent, where it is not in one piece in its frame; grows with payloads. */
  private ByteBuffer copy = ByteBuffer.allocate(0);

  /**
   * A decoder at the start of a stream.
   *
   * @param format the frames to expect; those {@linkplain FrameFormat#ofClient of one direction} if
   *     they have a preamble
   */
  public FrameDecoder(FrameFormat format) {
    this.format = format.requireDirection();
  }

  /**
   * Lends the payload of each whole frame in {@code in} to {@code sink} and moves the position past
   * the frame. A partial frame is left unread; the limit does not change.
   *
   * @param in the unread bytes of the stream; lent for this call
   * @param sink takes each payload as a view of {@code in}
   * @throws FrameException if a header announces more than the format allows; the frames before it
   *     have been lent, and the position is at that header
   * @throws IOException if the sink throws it; the position is at the frame that it refused
   */
  public void decode(ByteBuffer in, FrameSink sink) throws IOException {
    long length = format.frameLength(in, in.position(), offset);
    while (length > 0 && length <= in.remaining()) {
      lend(in, (int) length, sink);
      length = format.frameLength(in, in.position(), offset);
    }
  }

  /**
   * As {@link #decode}, but lends nothing: for relays that do not inspect payloads.
   *
   * @param in the unread bytes of the stream; lent for this call
   * @throws FrameException as in {@link #decode}
   */
  public void pass(ByteBuffer in) throws FrameException {
    int limit = in.limit();
    int start = in.position();
    int next = start;
    long passed = 0;
    try {
      long length = format.frameLength(in, next, offset);
      while (length > 0 && length <= limit - next) {
        next += (int) length;
        passed++;
        length = format.frameLength(in, next, offset + (next - start));
      }
    } finally {
      in.position(next);
      offset += next - start;
      frames += passed;
    }
  }

  private void lend(ByteBuffer in, int length, FrameSink sink) throws IOException {
    int start = in.position();
    int limit = in.limit();
    int next = start + length;
    int head = format.head(in, start, offset);
    try {
      if (format.isPayloadLast(offset)) {
        sink.payload(in.limit(next).position(start + head));
      } else {
        sink.payload(joined(in, start, head, length));
      }
    } finally {
      in.limit(limit).position(start);
    }
    in.position(next);
    offset += length;
    frames++;
  }

  /** A copy of a payload that is not in one piece in its frame. */
  private ByteBuffer joined(ByteBuffer in, int start, int head, int length) {
    if (copy.capacity() < length) {
      copy = ByteBuffer.allocate(Math.max(length, 2 * copy.capacity()));
    }
    format.copyHead(in, start, head, offset, copy.clear());
    int at = copy.position();
    copy.put(at, in, start + head, length - head);
    return copy.position(at + length - head).flip();
  }

  /**
   * How many whole frames were read.
   *
   * @return those that were lent, passed or skipped
   */
  public long frames() {
    return frames;
  }

  /**
   * How much is missing from the partial frame that {@link #decode} left in {@code in}. A buffer
   * with less room than that cannot hold the whole frame.
   *
   * @param in what is left unread; not changed
   * @return bytes to come, at least 1: up to the end of the frame, or up to the end of its header
   *     while that is incomplete
   * @throws FrameException if the header announces more than the format allows
   */
  public long missing(ByteBuffer in) throws FrameException {
    long length = frameLength(in);
    return length > 0
        ? length - in.remaining()
        : Math.max(1, format.headerLength() - in.remaining());
  }

  /**
   * How long the partial frame is that {@link #decode} left in {@code in}.
   *
   * @param in what is left unread; not changed
   * @return bytes, with the header; 0 while its header is incomplete
   * @throws FrameException if the header announces more than the format allows
   */
  public long frameLength(ByteBuffer in) throws FrameException {
    return format.frameLength(in, in.position(), offset);
  }

  /**
   * Finds the payload of the next frame, which the caller read itself because it did not fit into
   * one buffer. Call {@link #skip} afterwards.
   *
   * @param frame the whole frame, in parts from their positions to their limits, with all of the
   *     header in the first; positions are moved
   * @return the payload in parts, mostly those that were given
   * @throws FrameException never, if {@link #missing} has counted the frame's bytes
   */
  public ByteBuffer[] payload(ByteBuffer[] frame) throws FrameException {
    ByteBuffer first = frame[0];
    int start = first.position();
    int head = format.head(first, start, offset);
    first.position(start + head);
    if (format.isPayloadLast(offset)) {
      return frame;
    }
    ByteBuffer before = ByteBuffer.allocate(head);
    format.copyHead(first, start, head, offset, before);
    ByteBuffer[] payload = new ByteBuffer[frame.length + 1];
    payload[0] = before.flip();
    System.arraycopy(frame, 0, payload, 1, frame.length);
    return payload;
  }

  /**
   * Tells the decoder that the caller read the next frame itself, because it did not fit into one
   * buffer.
   *
   * @param frameLength bytes of its header and payload
   */
  public void skip(long frameLength) {
    offset += frameLength;
    frames++;
  }

  /**
   * Tells the decoder that no more bytes will come.
   *
   * @param in what is left unread
   * @throws FrameException if that is a partial frame: it says how much of the frame had come
   */
  public void end(ByteBuffer in) throws FrameException {
    end(in, in.remaining());
  }

  /**
   * As {@link #end(ByteBuffer)}, for a partial frame that is spread over several buffers.
   *
   * @param in the first of them, with all of the header that has come
   * @param arrived bytes of the partial frame that have come, in all buffers
   * @throws FrameException if {@code arrived} is not 0: it says how much of the frame had come
   */
  public void end(ByteBuffer in, long arrived) throws FrameException {
    if (arrived > 0) {
      throw cut(format, in, offset, arrived);
    }
  }

  /** What to say of a partial frame after which the stream ended. */
  static FrameException cut(FrameFormat format, ByteBuffer in, long offset, long arrived)
      throws FrameException {
    int start = in.position();
    long length = format.frameLength(in, start, offset);
    if (length == 0) {
      long header = Math.max(format.headerLength(), arrived + 1);
      return FrameException.cutHeader(offset, arrived, header);
    }
    int head = format.head(in, start, offset);
    return FrameException.cutPayload(offset, arrived - head, length - head);
  }
}
