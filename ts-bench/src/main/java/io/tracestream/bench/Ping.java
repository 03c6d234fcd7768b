package io.tracestream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections that send a frame each time one of theirs has come back from an {@link EchoServer}.
 * One thread serves them all.
 */
final class Ping implements Load {
  private static final int BUFFER = 256 * 1024;

  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final int depth;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  /** The one frame that all connections send again and again. */
  private final ByteBuffer frame;

  private final int frameLength;
  private long[] roundTrips = {};
  private int issued;
  private int done;

  /**
   * Connects, and makes one round trip on each connection, so that all are open end to end.
   *
   * @param payloadLength bytes of each frame's payload
   * @param count how many connections
   * @param depth how many frames of a connection may be on their way at a time
   */
  Ping(InetSocketAddress server, int payloadLength, int count, int depth) throws IOException {
    this.depth = depth;
    frame = Load.frames(payloadLength, 1);
    frameLength = frame.capacity();
    try {
      for (int i = 0; i < count; i++) {
        connections.add(new Connection(server));
      }
      send(count);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public Timed send(int count) throws IOException {
    roundTrips = new long[count];
    issued = 0;
    done = 0;
    long start = System.nanoTime();
    for (int i = 0; i < depth; i++) {
      for (Connection connection : connections) {
        connection.sendNext(System.nanoTime());
      }
    }
    try {
      while (done < count) {
        if (selector.select(this::ready, STALL_MILLIS) == 0) {
          throw new IOException(
              "nothing more came back after " + done + " of " + count + " round trips");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return Timed.of(System.nanoTime() - start, roundTrips);
  }

  private void ready(SelectionKey key) {
    try {
      Connection connection = (Connection) key.attachment();
      if (key.isWritable()) {
        connection.writeRest();
      }
      if (key.isReadable()) {
        connection.read();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The frames of one connection that are on their way, and when each was sent. */
  private final class Connection {
    private final SocketChannel channel = SocketChannel.open();
    private final SelectionKey key;
    /** A ring: when the frames on their way were sent, the oldest at {@link #oldest}. */
    private final long[] sendTimes = new long[depth];

    private int oldest;
    private int onTheirWay;
    /** Bytes of frames that the kernel has not taken yet. */
    private int unwritten;
    /** Bytes of a frame that has come back in part. */
    private int partial;

    Connection(InetSocketAddress server) throws IOException {
      try {
        channel.socket().connect(server, STALL_MILLIS);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }

    /** Sends a frame, if any is left to send, or as much of it as is taken. */
    void sendNext(long now) throws IOException {
      if (issued < roundTrips.length) {
        issued++;
        sendTimes[(oldest + onTheirWay) % depth] = now;
        onTheirWay++;
        unwritten += frameLength;
        if (unwritten == frameLength) {
          writeRest();
        }
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

    /** Reads once, and sends a frame for each that is complete by that. */
    void read() throws IOException {
      int count = channel.read(in.clear());
      long now = System.nanoTime();
      if (count < 0) {
        throw new IOException("the connection ended with " + onTheirWay + " frames on their way");
      }
      int bytes = partial + count;
      if (bytes > (long) onTheirWay * frameLength) {
        throw new IOException(
            bytes + " bytes came back, expected " + (long) onTheirWay * frameLength);
      }
      partial = bytes % frameLength;
      for (int i = 0; i < bytes / frameLength; i++) {
        roundTrips[done++] = now - sendTimes[oldest];
        oldest = (oldest + 1) % depth;
        onTheirWay--;
        sendNext(now);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
