package io.tracestream.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections that are opened, make one round trip with an {@link EchoServer}, and are closed; as
 * many at a time as there are threads.
 */
final class Visits implements Load {
  private final InetSocketAddress server;
  private final int atATime;
  private final byte[] frame;
  private volatile IOException failure;

  Visits(InetSocketAddress server, int payloadLength, int atATime) {
    this.server = server;
    this.atATime = atATime;
    frame = new byte[HEADER_LENGTH + payloadLength];
    Load.frames(payloadLength, 1).get(frame);
  }

  @Override
  public Timed send(int count) throws IOException {
    long[] times = new long[count];
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < atATime; i++) {
      threads.add(new Thread(() -> visit(times, next), "visits"));
      threads.get(i).start();
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    if (failure != null) {
      throw failure;
    }
    return Timed.of(System.nanoTime() - start, times);
  }

  private void visit(long[] times, AtomicInteger next) {
    try {
      for (int i = next.getAndIncrement();
          i < times.length && failure == null;
          i = next.getAndIncrement()) {
        long start = System.nanoTime();
        try (Socket socket = new Socket()) {
          socket.connect(server, STALL_MILLIS);
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(STALL_MILLIS);
          socket.getOutputStream().write(frame);
          int back = socket.getInputStream().readNBytes(frame.length).length;
          if (back != frame.length) {
            throw new IOException(
                back + " bytes came back and the end, expected " + frame.length + " bytes");
          }
        }
        times[i] = System.nanoTime() - start;
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  @Override
  public void close() {}
}
