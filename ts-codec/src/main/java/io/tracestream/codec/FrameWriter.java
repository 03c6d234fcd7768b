package io.tracestream.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes frames onto a blocking stream or channel. Each frame goes out at once, header and payload
 * together: nothing to flush, unless the stream itself keeps bytes back. Closing is the owner's
 * business.
 *
 * <p>For one thread at a time.
 */
public final class FrameWriter {
  private final FrameFormat format;
  private final FrameOutput out;
  /** Bytes of the stream in the frames written so far. */
  private long offset;

  /**
   * A writer at the start of a stream. Header and payload go out in one write where they fit into
   * 64 KiB, which takes a copy of the payload.
   *
   * @param out where to write
   * @param format the frames to make
   */
  public FrameWriter(OutputStream out, FrameFormat format) {
    this.format = format;
    this.out = new StreamOutput(out, format);
  }

  /**
   * A writer at the start of a channel, such as a {@link java.nio.channels.SocketChannel}. Header
   * and payload go out in one gathering write, without a copy of the payload here; what the channel
   * did not take is written again until all of the frame is out.
   *
   * <p>The channel has to block: a frame cannot wait half written. While it is in non-blocking mode
   * each write throws {@link java.nio.channels.IllegalBlockingModeException}.
   *
   * <p>To read frames from the same {@code SocketChannel}, give {@code socket().getInputStream()}
   * of it to a {@link FrameReader}; another thread may read while this one writes.
   *
   * @param out where to write
   * @param format the frames to make
   */
  public FrameWriter(GatheringByteChannel out, FrameFormat format) {
    this.format = format;
    this.out = new ChannelOutput(out, format);
  }

  /**
   * Writes one frame.
   *
   * @param payload all of its payload, possibly empty; lent for this call
   * @throws FrameException when the payload is longer than the format allows or its header can say;
   *     nothing was written
   * @throws IOException what the stream or channel threw
   */
  public void write(byte[] payload) throws IOException {
    requireAllowed(payload.length);
    out.write(payload);
    offset += (long) format.headerLength() + payload.length;
  }

  /**
   * Writes one frame.
   *
   * @param payload its payload, from position to limit, which is left read; lent for this call
   * @throws FrameException as in {@link #write(byte[])}; the payload is left unread
   * @throws IOException what the stream or channel threw; how much of the payload is left unread is
   *     not defined
   */
  public void write(ByteBuffer payload) throws IOException {
    int length = payload.remaining();
    requireAllowed(length);
    out.write(payload);
    offset += (long) format.headerLength() + length;
  }

  private void requireAllowed(int length) throws FrameException {
    if (length > format.longestPayload()) {
      throw FrameException.tooLongToSend(offset, length, format);
    }
  }
}
