package io.tracestream.bench;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Does what a {@link ReplayRecording}'s client did, as fast as it can: one thread sends all
 * requests, this one reads the replies and compares every byte.
 */
final class ReplayClient {
  private static final int BUFFER = 256 * 1024;
  private static final Duration STALL = Duration.ofSeconds(20);

  private final ReplayRecording recording;
  private final SocketChannel channel;
  private final ReplayFrames requests;
  private int replies;

  private ReplayClient(ReplayRecording recording, SocketChannel channel) {
    this.recording = recording;
    this.channel = channel;
    this.requests = new ReplayFrames(recording, 0, channel);
  }

  /**
   * Plays the client's part once.
   *
   * @return nanoseconds from the first request to the last reply, and the last request sent
   * @throws IOException when other replies came, or nothing for too long
   */
  static long play(InetSocketAddress server, ReplayRecording recording) throws IOException {
    try (SocketChannel channel = SocketChannel.open(server);
        StallWatch watch = new StallWatch(channel, STALL)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ReplayClient client = new ReplayClient(recording, channel);
      try {
        return client.play(watch);
      } catch (IOException e) {
        IOException cause = client.requests.failure() == null ? e : client.requests.failure();
        throw new IOException(
            "found " + (watch.stalled() ? "nothing coming" : text(cause)) + " after "
                + client.replies + " of " + recording.pairs() + " replies",
            e);
      }
    }
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private long play(StallWatch watch) throws IOException {
    long start = System.nanoTime();
    Thread sending = new Thread(requests, "requests");
    sending.start();
    ByteBuffer in = ByteBuffer.allocate(BUFFER);
    FrameDecoder decoder = new FrameDecoder(FrameFormat.DEFAULT);
    while (replies < recording.pairs()) {
      if (channel.read(in) < 0) {
        throw new IOException("the server's end");
      }
      watch.moved();
      decoder.decode(in.flip(), this::check);
      in.compact();
    }
    join(sending);
    long nanos = System.nanoTime() - start;
    channel.shutdownOutput();
    if (in.position() > 0 || channel.read(in) >= 0) {
      throw new IOException("more bytes");
    }
    return nanos;
  }

  private static void join(Thread sending) throws InterruptedIOException {
    try {
      sending.join();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  private void check(ByteBuffer payload) throws IOException {
    int index = recording.mismatch(2 * replies + 1, payload);
    if (index >= 0) {
      throw new IOException("another reply, from its byte " + index);
    }
    replies++;
  }
}
