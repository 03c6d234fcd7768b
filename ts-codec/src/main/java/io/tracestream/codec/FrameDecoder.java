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

  /**
   * A decoder at the start of a stream.
   *
   * @param format the frames to expect
   */
  public FrameDecoder(FrameFormat format) {
    this.format = format;
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
    int header = format.headerLength();
    while (in.remaining() >= header) {
      int length = format.payloadLength(in, in.position(), offset);
      if (in.remaining() - header < length) {
        return;
      }
      lend(in, header, length, sink);
    }
  }

  /**
   * As {@link #decode}, but lends nothing: for relays that do not inspect payloads.
   *
   * @param in the unread bytes of the stream; lent for this call
   * @throws FrameException as in {@link #decode}
   */
  public void pass(ByteBuffer in) throws FrameException {
    int header = format.headerLength();
    int limit = in.limit();
    int start = in.position();
    int next = start;
    long passed = 0;
    try {
      while (limit - next >= header) {
        int length = format.payloadLength(in, next, offset + (next - start));
        if (limit - next - header < length) {
          return;
        }
        next += header + length;
        passed++;
      }
    } finally {
      in.position(next);
      offset += next - start;
      frames += passed;
    }
  }

  private void lend(ByteBuffer in, int header, int length, FrameSink sink) throws IOException {
    int start = in.position();
    int limit = in.limit();
    int next = start + header + length;
    try {
      sink.payload(in.limit(next).position(start + header));
    } finally {
      in.limit(limit).position(start);
    }
    in.position(next);
    offset += next - start;
    frames++;
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
    int header = format.headerLength();
    if (in.remaining() < header) {
      return header - in.remaining();
    }
    return (long) header + format.payloadLength(in, in.position(), offset) - in.remaining();
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
    int header = format.headerLength();
    if (arrived > 0 && arrived < header) {
      throw FrameException.cutHeader(offset, arrived, header);
    }
    if (arrived > 0) {
      int length = format.payloadLength(in, in.position(), offset);
      throw FrameException.cutPayload(offset, arrived - header, length);
    }
  }
}
