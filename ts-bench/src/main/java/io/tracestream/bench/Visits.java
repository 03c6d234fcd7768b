package io.tracestream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;

/**
 * Connections that are opened, make one round trip with an {@link EchoServer}, and are closed; some
 * at a time. One thread serves them all.
 */
final class Visits implements Load {
  private final Selector selector = Selector.open();
  private final InetSocketAddress server;
  private final int atATime;
  private final Duration limit;
  private final ByteBuffer frame;
  private final ByteBuffer in;
  private long[] times = {};
  private int begun;
  private int done;

  /**
   * Opens nothing yet.
   *
   * @param payloadLength bytes of the payload of a connection's frame
   * @param atATime how many connections may be open
   * @param limit how long nothing may come back before that counts as a stall
   */
  Visits(InetSocketAddress server, int payloadLength, int atATime, Duration limit)
      throws IOException {
    this.server = server;
    this.atATime = atATime;
    this.limit = limit;
    frame = Frames.direct(payloadLength, 1);
    in = ByteBuffer.allocateDirect(frame.capacity() + 1);
  }

  /** One visit: when it began, and how much has come back. */
  private static final class Visit {
    private final long start = System.nanoTime();
    private int received;
  }

  @Override
  public Timed send(int count) throws IOException {
    times = new long[count];
    begun = 0;
    done = 0;
    long start = System.nanoTime();
    try {
      while (begun < Math.min(atATime, count)) {
        begin();
      }
      while (done < count) {
        if (selector.select(this::ready, limit.toMillis()) == 0) {
          throw new IOException("accept: found nothing coming back for " + limit.toMillis()
              + " ms after " + done + " of " + count + " connections");
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    long nanos = System.nanoTime() - start;
    Arrays.sort(times);
    return new Timed(nanos, Stats.percentile(times, 50), Stats.percentile(times, 99));
  }

  private void begin() throws IOException {
    begun++;
    Visit visit = new Visit();
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, visit);
    if (channel.connect(server)) {
      greet(key, channel);
    }
  }

  private void greet(SelectionKey key, SocketChannel channel) throws IOException {
    channel.write(frame.clear()); // a new connection takes so little at once
    key.interestOps(SelectionKey.OP_READ);
  }

  private void ready(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable() && channel.finishConnect()) {
        greet(key, channel);
      } else if (key.isReadable()) {
        receive((Visit) key.attachment(), channel);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(Visit visit, SocketChannel channel) throws IOException {
    int count = channel.read(in.clear());
    visit.received += Math.max(count, 0);
    if (count < 0 || visit.received > frame.capacity()) {
      throw new IOException("accept: found " + visit.received + " bytes"
          + (count < 0 ? " and the end" : "") + ", expected " + frame.capacity());
    }
    if (visit.received == frame.capacity()) {
      times[done++] = System.nanoTime() - visit.start;
      channel.close();
      if (begun < times.length) {
        begin();
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
