package io.tracestream.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Clients with their connections open, ready to send. Belongs to one thread. */
interface Load extends AutoCloseable {
  int HEADER_LENGTH = Long.BYTES;

  /** For how long nothing may move before a load gives up. */
  int STALL_MILLIS = 20_000;

  /**
   * Sends that many frames, and waits for everything that has to arrive or come back. May be called
   * again, for more on the same connections.
   *
   * @throws IOException when something else came back, or nothing for too long
   */
  Timed send(int count) throws IOException;

  @Override
  void close() throws IOException;

  /** That many equal frames with an 8-byte header in a direct buffer, ready to be read from it. */
  static ByteBuffer frames(int payloadLength, int count) {
    ByteBuffer frames = ByteBuffer.allocateDirect((HEADER_LENGTH + payloadLength) * count);
    for (int frame = 0; frame < count; frame++) {
      frames.putLong(payloadLength);
      for (int i = 0; i < payloadLength; i++) {
        frames.put((byte) (i * 31));
      }
    }
    return frames.flip();
  }

  /**
   * How long it took.
   *
   * @param nanos from the first byte sent to the last one received
   * @param p50Nanos median of the round trips; 0 where single ones were not timed
   * @param p99Nanos 99th percentile of the round trips, likewise
   */
  record Timed(long nanos, long p50Nanos, long p99Nanos) {
    static Timed of(long nanos, long[] roundTrips) {
      Arrays.sort(roundTrips);
      return new Timed(
          nanos,
          roundTrips[roundTrips.length / 2],
          roundTrips[(int) (roundTrips.length * 99L / 100)]);
    }
  }
}
