package io.tracestream.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/**
 * Writes frames to a blocking stream or channel. Each frame goes out at once, header and payload
 * together, so there is nothing to flush unless the stream itself is buffered. It does not close
 * the stream.
 *
 * <p>For one thread at a time.
 */
public final class FrameWriter {
  private final FrameOutput out;
  /** Bytes of the stream in the frames written so far. */
  private long offset;

  /**
   * A writer at the start of a stream. Header and payload go out in one write if they fit into 64
   * KiB; for that, the payload is copied.
   *
   * @param out where to write
   * @param format the frames to make
   */
  public FrameWriter(OutputStream out, FrameFormat format) {
    this.out = new StreamOutput(out, format.requireDirection());
  }

  /**
   * A writer at the start of a channel, such as a {@link java.nio.channels.SocketChannel}. Header
   * and payload go out in one gathering write, and the payload is not copied; writing is repeated
   * until the channel has taken the whole frame.
   *
   * <p>The channel has to be a blocking one, as a frame cannot be left half written. While it is in
   * non-blocking mode, each write throws {@link java.nio.channels.IllegalBlockingModeException}.
   *
   * <p>To read frames from the same {@code SocketChannel}, give its
   * {@code socket().getInputStream()} to a {@link FrameReader}; one thread may read while another
   * writes.
   *
   * @param out where to write
   * @param format the frames to make
   */
  public FrameWriter(GatheringByteChannel out, FrameFormat format) {
    this.out = new ChannelOutput(out, format.requireDirection());
  }

  /**
   * Writes one frame.
   *
   * @param payload all of its payload, possibly empty; lent for this call
   * @throws FrameException if the payload is longer than the format allows or its header can
   *     express; nothing was written
   * @throws IOException if the stream or channel throws it
   */
  public void write(byte[] payload) throws IOException {
    write(ByteBuffer.wrap(payload));
  }

  /**
   * Writes one frame.
   *
   * @param payload its payload, from position to limit; lent for this call, and its position is
   *     then at its limit
   * @throws FrameException as in {@link #write(byte[])}; the position has not moved
   * @throws IOException if the stream or channel throws it; the position may be anywhere
   */
  public void write(ByteBuffer payload) throws IOException {
    offset += out.write(payload, offset);
  }
}
