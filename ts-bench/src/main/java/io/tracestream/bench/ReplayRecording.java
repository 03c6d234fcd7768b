package io.tracestream.bench;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A recording of requests and replies in turn, one every microsecond. All payloads are of one
 * length, and neighbours differ.
 *
 * @param payloadLength bytes of each payload
 * @param pairs how many requests, and as many replies
 * @param bytes what the payloads are cut from
 */
record ReplayRecording(int payloadLength, int pairs, byte[] bytes) {
  /** Payloads begin at that many different places of the bytes. */
  private static final int STARTS = 256;
  /** About what a line has beside its hex digits. */
  private static final int PREFIX = 14;

  /** One whose text is about that long, in bytes. */
  static ReplayRecording of(int payloadLength, long textLength) {
    byte[] bytes = new byte[payloadLength + STARTS];
    new Random(payloadLength).nextBytes(bytes);
    long pairs = textLength / (2 * (2L * payloadLength + PREFIX));
    return new ReplayRecording(payloadLength, (int) Math.max(1, pairs), bytes);
  }

  /** Where the payload of entry {@code index}, from 0, begins in the bytes. */
  int start(int index) {
    return index % STARTS;
  }

  /** The first byte in which a payload on the heap differs from entry {@code index}; or -1. */
  int mismatch(int index, ByteBuffer payload) {
    int from = payload.arrayOffset() + payload.position();
    return Arrays.mismatch(
        bytes,
        start(index),
        start(index) + payloadLength,
        payload.array(),
        from,
        from + payload.remaining());
  }

  /** Writes the file; gives its length in bytes. */
  long write(Path file) throws IOException {
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (int i = 0; i < 2 * pairs; i++) {
        payload.limit(start(i) + payloadLength).position(start(i));
        writer.write(i, i % 2 == 0 ? Direction.C2S : Direction.S2C, payload);
      }
    }
    return Files.size(file);
  }

  /** Payload in all entries, in bytes. */
  long payloadBytes() {
    return 2L * pairs * payloadLength;
  }
}
