package io.tracestream.bench;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The send path of a client: frames with an 8-byte header and a 10 KiB payload, written one by one
 * into an in-memory channel of 64 KiB, while a reader drains the pipe and checks every frame.
 *
 * @param count frames a round
 * @param rounds rounds to measure; their median counts
 */
record ClientSend(int count, int rounds) {
  static final int PAYLOAD_LENGTH = 10 * 1024;
  /** Enough frames for the JIT compiler to finish before the first measured round. */
  private static final int WARM_UP_FRAMES = 300_000;

  /** The payload that every frame carries. */
  static byte[] payload() {
    byte[] payload = new byte[PAYLOAD_LENGTH];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31);
    }
    return payload;
  }

  /**
   * Warms up, then measures.
   *
   * @throws IOException when a frame did not arrive as it was sent
   */
  Result run() throws IOException {
    for (int sent = 0; sent < Math.min(WARM_UP_FRAMES, 3L * count); sent += count) {
      round();
    }
    long[] nanos = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      nanos[i] = round();
    }
    Arrays.sort(nanos);
    return new Result(count, nanos[rounds / 2]);
  }

  /** Sends all frames through a fresh pipe; gives the nanoseconds until the last was checked. */
  private long round() throws IOException {
    long start = System.nanoTime();
    byte[] payload = payload();
    Pipe pipe = new Pipe(payload);
    FrameWriter writer = new FrameWriter(pipe, FrameFormat.DEFAULT);
    for (int i = 0; i < count; i++) {
      writer.write(payload);
    }
    pipe.close();
    pipe.requireFrames(count);
    return System.nanoTime() - start;
  }

  /**
   * The median round.
   *
   * @param count frames sent and checked
   * @param nanos time taken
   */
  record Result(int count, long nanos) {
    /** What the benchmark prints: a {@code name: value} a line. */
    String text() {
      double seconds = nanos / 1e9;
      long total = (long) count * PAYLOAD_LENGTH;
      return String.format(
          Locale.ROOT,
          """
          messages: %d
          payload_len: %d
          payload_total: %d
          elapsed: %.6f s
          messages/s: %.0f
          MiB/s: %.1f
          """,
          count,
          PAYLOAD_LENGTH,
          total,
          seconds,
          count / seconds,
          total / seconds / (1 << 20));
    }
  }
}
