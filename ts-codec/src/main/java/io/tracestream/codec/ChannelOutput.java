package io.tracestream.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;

/** Frames on a channel: header and payload in one gathering write. */
final class ChannelOutput implements FrameOutput {
  /**
   * The most of a heap buffer that is written at once. The JDK copies it into a direct buffer of
   * that size, which it keeps for the thread.
   */
  private static final int MOST_FROM_HEAP = 128 * 1024;

  private final GatheringByteChannel out;
  private final FrameFormat format;
  private final ByteBuffer header;
  /** The header and, during a write, the payload. */
  private final ByteBuffer[] frame = new ByteBuffer[2];

  ChannelOutput(GatheringByteChannel out, FrameFormat format) {
    this.out = out;
    this.format = format;
    this.header = ByteBuffer.allocateDirect(format.mostHeaderLength());
    this.frame[0] = header;
  }

  @Override
  public long write(ByteBuffer payload, long offset) throws IOException {
    format.putHeader(header.clear(), payload, offset);
    long length = header.flip().remaining() + (long) payload.remaining();
    frame[1] = payload;
    int end = payload.limit();
    try {
      do {
        payload.limit(endOfNextWrite(payload, end));
        requireBlocking();
        out.write(frame);
      } while (header.hasRemaining() || payload.position() < end);
    } finally {
      payload.limit(end);
      frame[1] = null;
    }
    return length;
  }

  private static int endOfNextWrite(ByteBuffer payload, int end) {
    int from = payload.position();
    return payload.isDirect() || end - from <= MOST_FROM_HEAP ? end : from + MOST_FROM_HEAP;
  }

  private void requireBlocking() {
    if (out instanceof SelectableChannel channel && !channel.isBlocking()) {
      throw new IllegalBlockingModeException();
    }
  }
}
