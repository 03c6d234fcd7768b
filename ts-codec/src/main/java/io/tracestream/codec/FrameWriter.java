package io.tracestream.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Writes frames onto a blocking stream. Each frame goes out at once, header and payload in one
 * write where they fit into 64 KiB: nothing to flush, unless the stream itself keeps bytes back.
 * Closing the stream is its owner's business.
 *
 * <p>For one thread at a time.
 */
public final class FrameWriter {
  private static final int BUFFER = 64 * 1024;

  private final OutputStream out;
  private final FrameFormat format;
  private final byte[] buffer = new byte[BUFFER];
  /** Bytes of the stream in the frames written so far. */
  private long offset;

  /**
   * A writer at the start of a stream.
   *
   * @param out where to write
   * @param format the frames to make
   */
  public FrameWriter(OutputStream out, FrameFormat format) {
    this.out = out;
    this.format = format;
  }

  /**
   * Writes one frame.
   *
   * @param payload all of its payload, possibly empty; lent for this call
   * @throws FrameException when the payload is longer than the format allows or its header can say;
   *     nothing was written
   * @throws IOException what the stream threw
   */
  public void write(byte[] payload) throws IOException {
    write(payload, 0, payload.length);
  }

  /**
   * Writes one frame.
   *
   * @param payload its payload, from position to limit, which is left read; lent for this call
   * @throws FrameException as in {@link #write(byte[])}; the payload is left unread
   * @throws IOException what the stream threw
   */
  public void write(ByteBuffer payload) throws IOException {
    if (payload.hasArray()) {
      write(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining());
      payload.position(payload.limit());
    } else {
      requireAllowed(payload.remaining());
      byte[] copy = new byte[payload.remaining()];
      payload.get(copy);
      write(copy);
    }
  }

  private void write(byte[] from, int start, int length) throws IOException {
    requireAllowed(length);
    int header = format.headerLength();
    format.putHeader(buffer, 0, length);
    int first = Math.min(length, BUFFER - header);
    System.arraycopy(from, start, buffer, header, first);
    out.write(buffer, 0, header + first);
    if (first < length) {
      out.write(from, start + first, length - first);
    }
    offset += (long) header + length;
  }

  private void requireAllowed(int length) throws FrameException {
    if (length > format.longestPayload()) {
      throw FrameException.tooLongToSend(offset, length, format);
    }
  }
}
