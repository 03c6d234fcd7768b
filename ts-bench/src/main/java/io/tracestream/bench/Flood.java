package io.tracestream.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One connection that sends frames as fast as they are taken, in writes of about 256 KiB, until as
 * many bytes have arrived at a {@link SinkServer}, or have come back here.
 */
final class Flood implements Load {
  private static final int BUFFER = 256 * 1024;

  private final SocketChannel channel = SocketChannel.open();
  /** Who counts what arrives; null where all comes back. */
  private final SinkServer sink;

  private final ByteBuffer frames;
  private final int frameLength;
  private final byte[] back = new byte[BUFFER];
  private volatile IOException failure;

  Flood(InetSocketAddress server, SinkServer sink, int payloadLength) throws IOException {
    this.sink = sink;
    frameLength = HEADER_LENGTH + payloadLength;
    frames = Load.frames(payloadLength, (BUFFER + frameLength - 1) / frameLength);
    try {
      channel.socket().connect(server, STALL_MILLIS);
      channel.socket().setSoTimeout(STALL_MILLIS);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Timed send(int count) throws IOException {
    long bytes = (long) count * frameLength;
    Thread sender = new Thread(() -> write(bytes), "flood");
    sender.setDaemon(true);
    long start = System.nanoTime();
    sender.start();
    try {
      if (sink == null) {
        read(bytes);
      } else {
        sink.await(bytes);
      }
    } catch (IOException e) {
      throw failure == null ? e : failure;
    }
    return new Timed(System.nanoTime() - start, 0, 0);
  }

  private void write(long bytes) {
    try {
      for (long left = bytes; left > 0; ) {
        frames.clear().limit((int) Math.min(frames.capacity(), left));
        left -= frames.limit();
        while (frames.hasRemaining()) {
          channel.write(frames);
        }
      }
    } catch (IOException e) {
      failure = e; // reported by whoever waits for the bytes
    }
  }

  private void read(long bytes) throws IOException {
    InputStream in = channel.socket().getInputStream();
    long left = bytes;
    try {
      while (left > 0) {
        int count = in.read(back);
        left -= count;
        if (count < 0 || left < 0) {
          throw new IOException(
              (bytes - left) + " bytes came back and the end, expected " + bytes + " bytes");
        }
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("nothing more came back after " + (bytes - left) + " bytes", e);
    }
  }

  /** Ends the sending thread, too, if it still sends. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
