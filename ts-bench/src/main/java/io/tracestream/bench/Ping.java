package io.tracestream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Connections that send a frame each time one of theirs has come back from an {@link EchoServer}.
 * One thread serves them all.
 */
final class Ping implements Load {
  private static final int BUFFER = 256 * 1024;

  private final Selector selector = Selector.open();
  private final List<PingConnection> connections = new ArrayList<>();
  private final int depth;
  private final Duration limit;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer frame;
  private long[] roundTrips = {};
  private int issued;
  private int done;

  /**
   * Connects, and makes one round trip on each connection, so that all are open end to end.
   *
   * @param payloadLength bytes of each frame's payload
   * @param count how many connections
   * @param depth how many frames of a connection may be on their way at a time
   * @param limit how long nothing may come back before that counts as a stall
   */
  Ping(InetSocketAddress server, int payloadLength, int count, int depth, Duration limit)
      throws IOException {
    this.depth = depth;
    this.limit = limit;
    frame = Frames.direct(payloadLength, 1);
    try {
      for (int i = 0; i < count; i++) {
        connections.add(new PingConnection(server, frame, depth, selector, limit));
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
      for (PingConnection connection : connections) {
        sendNext(connection, System.nanoTime());
      }
    }
    await(count);
    long nanos = System.nanoTime() - start;
    Arrays.sort(roundTrips);
    return new Timed(nanos, Stats.percentile(roundTrips, 50), Stats.percentile(roundTrips, 99));
  }

  private void sendNext(PingConnection connection, long now) throws IOException {
    if (issued < roundTrips.length) {
      issued++;
      connection.send(now);
    }
  }

  private void await(int count) throws IOException {
    try {
      while (done < count) {
        int before = done;
        long deadline = System.nanoTime() + limit.toNanos();
        while (selector.select(this::ready, limit.toMillis()) == 0) {
          if (System.nanoTime() >= deadline) {
            throw new IOException("ping: found nothing coming back for " + limit.toMillis()
                + " ms after " + before + " of " + count + " round trips");
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void ready(SelectionKey key) {
    try {
      PingConnection connection = (PingConnection) key.attachment();
      if (key.isWritable()) {
        connection.writeRest();
      }
      if (key.isReadable()) {
        receive(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(PingConnection connection) throws IOException {
    int back = connection.read(in.clear());
    long now = System.nanoTime();
    for (int i = 0; i < back; i++) {
      roundTrips[done++] = now - connection.takeSendTime();
      sendNext(connection, now);
    }
  }

  @Override
  public void close() throws IOException {
    for (PingConnection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
