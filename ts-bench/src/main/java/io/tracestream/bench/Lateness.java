package io.tracestream.bench;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * How late replies come when the recorded pauses are kept: requests, each followed by replies after
 * pauses of 0.2 to 3 ms. A reply is due at the time its request was sent, plus what the recording
 * has between the two, so the way there and back counts as lateness, and delays would add up.
 *
 * @param dueMicros when each reply is due, in microseconds after its request
 */
record Lateness(long[] dueMicros) {
  private static final int REPLIES_TO_EACH = 20;
  private static final int LEAST_PAUSE = 200;
  private static final int MOST_PAUSE = 3000;
  private static final int PAYLOAD_LENGTH = 64;

  /** A recording of so many replies in all. */
  static Lateness of(int replies) {
    Random random = new Random(replies);
    long[] dueMicros = new long[replies];
    for (int i = 0; i < replies; i++) {
      long before = i % REPLIES_TO_EACH == 0 ? 0 : dueMicros[i - 1];
      dueMicros[i] = before + LEAST_PAUSE + random.nextInt(MOST_PAUSE - LEAST_PAUSE);
    }
    return new Lateness(dueMicros);
  }

  void write(Path file) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_LENGTH);
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      long request = 0;
      for (int i = 0; i < dueMicros.length; i++) {
        if (i % REPLIES_TO_EACH == 0) {
          request += i == 0 ? 0 : dueMicros[i - 1];
          writer.write(request, Direction.C2S, payload);
        }
        writer.write(request + dueMicros[i], Direction.S2C, payload);
      }
    }
  }

  /**
   * Plays the client's part once.
   *
   * @return nanoseconds by which each reply came late, sorted
   * @throws IOException when a reply came early, or none
   */
  long[] measure(InetSocketAddress server) throws IOException {
    long[] late = new long[dueMicros.length];
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      FrameWriter requests = new FrameWriter(channel, FrameFormat.DEFAULT);
      FrameReader replies = new FrameReader(channel.socket().getInputStream(), FrameFormat.DEFAULT);
      byte[] request = new byte[PAYLOAD_LENGTH];
      long sent = 0;
      for (int i = 0; i < late.length; i++) {
        if (i % REPLIES_TO_EACH == 0) {
          sent = System.nanoTime();
          requests.write(request);
        }
        late[i] = nanosUntil(replies, i) - sent - 1000 * dueMicros[i];
        if (late[i] < 0) {
          throw new IOException("reply " + i + ": found it " + -late[i] + " ns before it was due");
        }
      }
    }
    Arrays.sort(late);
    return late;
  }

  private static long nanosUntil(FrameReader replies, int index) throws IOException {
    if (replies.lend() == null) {
      throw new IOException("found the end after " + index + " replies");
    }
    return System.nanoTime();
  }
}
