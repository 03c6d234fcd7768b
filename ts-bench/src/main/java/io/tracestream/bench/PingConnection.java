package io.tracestream.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** One connection of {@link Ping}: the frames on their way, and when each was sent. */
final class PingConnection implements AutoCloseable {
  private final SocketChannel channel = SocketChannel.open();
  private final SelectionKey key;
  /** The one frame that is sent again and again; shared by all connections. */
  private final ByteBuffer frame;

  private final int frameLength;
  /** A ring: when the frames on their way were sent, the oldest at {@link #oldest}. */
  private final long[] sendTimes;

  private int oldest;
  private int onTheirWay;
  /** Bytes of frames that the kernel has not taken yet. */
  private int unwritten;
  /** Bytes of a frame that has come back in part. */
  private int partial;

  PingConnection(
      InetSocketAddress server, ByteBuffer frame, int depth, Selector selector, Duration limit)
      throws IOException {
    this.frame = frame;
    frameLength = frame.capacity();
    sendTimes = new long[depth];
    try {
      channel.socket().connect(server, (int) limit.toMillis());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Sends a frame, or as much of it as is taken. */
  void send(long now) throws IOException {
    sendTimes[(oldest + onTheirWay) % sendTimes.length] = now;
    onTheirWay++;
    unwritten += frameLength;
    if (unwritten == frameLength) {
      writeRest();
    }
  }

  /** Writes on where the kernel took no more, a frame a write. */
  void writeRest() throws IOException {
    while (unwritten > 0) {
      int rest = unwritten % frameLength == 0 ? frameLength : unwritten % frameLength;
      int written = channel.write(frame.clear().position(frameLength - rest));
      unwritten -= written;
      if (written < rest) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        return;
      }
    }
    if (key.interestOps() != SelectionKey.OP_READ) {
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  /** Reads once; gives how many frames are complete by that. */
  int read(ByteBuffer in) throws IOException {
    int count = channel.read(in);
    if (count < 0) {
      throw new IOException("ping: found the end of the connection, expected " + onTheirWay
          + " more frames of " + frameLength + " bytes");
    }
    int bytes = partial + count;
    partial = bytes % frameLength;
    int whole = bytes / frameLength;
    if (whole > onTheirWay || (whole == onTheirWay && partial > 0)) {
      throw new IOException("ping: found " + bytes + " bytes coming back, expected "
          + (long) onTheirWay * frameLength);
    }
    return whole;
  }

  /** Takes the oldest frame as returned; gives when it was sent. */
  long takeSendTime() {
    long sent = sendTimes[oldest];
    oldest = (oldest + 1) % sendTimes.length;
    onTheirWay--;
    return sent;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
