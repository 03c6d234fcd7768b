package io.tracestream.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection that sends frames as fast as they are taken, in writes of about 256 KiB, then an
 * empty frame, and waits for a {@link SinkServer} to say how many came.
 */
final class Flood implements Load {
  private static final int WRITE = 256 * 1024;

  private final SocketChannel channel;
  private final ByteBuffer frames;
  private final int frameLength;
  private final Duration limit;
  private final ByteBuffer empty = ByteBuffer.allocateDirect(Frames.HEADER_LENGTH);
  private final ByteBuffer reply = ByteBuffer.allocateDirect(2 * Long.BYTES);

  /**
   * Connects.
   *
   * @param payloadLength bytes of each frame's payload, at least 1
   * @param limit how long nothing may move before that counts as a stall
   */
  Flood(InetSocketAddress server, int payloadLength, Duration limit) throws IOException {
    this.limit = limit;
    frameLength = Frames.HEADER_LENGTH + payloadLength;
    frames = Frames.direct(payloadLength, (WRITE + frameLength - 1) / frameLength);
    channel = SocketChannel.open();
    try {
      channel.socket().connect(server, (int) limit.toMillis());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Timed send(int count) throws IOException {
    long sent = 0;
    try (StallWatch watch = new StallWatch(channel, limit)) {
      try {
        long start = System.nanoTime();
        long bytes = (long) count * frameLength;
        while (sent < bytes) {
          sent += write(frames.clear(), bytes - sent, watch);
        }
        write(empty.clear(), empty.capacity(), watch);
        readReply(count);
        return new Timed(System.nanoTime() - start, 0, 0);
      } catch (IOException e) {
        throw watch.stalled() ? stalled(sent / frameLength, count) : e;
      }
    }
  }

  /** Writes the buffer, up to so many bytes of it. */
  private int write(ByteBuffer from, long most, StallWatch watch) throws IOException {
    from.limit((int) Math.min(from.capacity(), most));
    while (from.hasRemaining()) {
      channel.write(from);
      watch.moved();
    }
    return from.limit();
  }

  private void readReply(int count) throws IOException {
    reply.clear();
    while (reply.hasRemaining()) {
      if (channel.read(reply) < 0) {
        throw new IOException("flood: found the end of the connection, expected a count of frames");
      }
    }
    if (reply.flip().getLong() != Long.BYTES || reply.getLong() != count) {
      throw new IOException("flood: found a count of " + reply.getLong(Long.BYTES)
          + " frames in a frame of " + reply.getLong(0) + " bytes, expected " + count
          + " in one of " + Long.BYTES);
    }
  }

  private IOException stalled(long sent, int count) {
    return new IOException("flood: found nothing moving for " + limit.toMillis() + " ms after "
        + sent + " of " + count + " frames, expected a count of them");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
