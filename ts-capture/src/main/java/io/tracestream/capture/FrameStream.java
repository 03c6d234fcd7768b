package io.tracestream.capture;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameSink;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Finds the frames of one direction, and keeps a partial one until its rest comes. */
final class FrameStream {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final FrameDecoder decoder;
  private final boolean copies;
  /** The beginning of a frame, from index 0 to the position. */
  private ByteBuffer partial = NOTHING;

  private int largest;

  /** The frames of a direction. After its start, no preamble comes any more. */
  static FrameFormat format(FrameFormat both, Direction direction, boolean hasStart) {
    String keys = hasStart ? "" : both.framing().toString();
    if (!keys.contains("preamble=" + direction)) {
      return direction == Direction.C2S ? both.ofClient() : both.ofServer();
    }
    Framing without = Framing.parse(keys.replaceAll(",preamble=[^,]*", ""));
    return new FrameFormat(without, both.maxPayloadLength());
  }

  /** A stream of frames of one direction. */
  FrameStream(FrameFormat format) {
    decoder = new FrameDecoder(format);
    copies = !format.framing().isPlain();
  }

  /** Takes more bytes, and lends the payloads that are now whole. */
  void take(ByteBuffer data, FrameSink sink) throws IOException {
    if (partial.position() == 0) {
      decoder.decode(data, sink);
      keep(data);
      return;
    }
    keep(data);
    ByteBuffer in = partial.flip();
    if (in.remaining() > largest) {
      largest = in.remaining();
    }
    try {
      decoder.decode(in, sink);
    } finally {
      if (in.hasRemaining()) {
        in.compact();
      } else {
        partial = NOTHING;
      }
    }
  }

  private void keep(ByteBuffer data) {
    int needed = partial.position() + data.remaining();
    if (needed > partial.capacity()) {
      int capacity = Math.max(needed, Math.min(2 * partial.capacity(), 1 << 30));
      int position = partial.position();
      partial = ByteBuffer.wrap(Arrays.copyOf(partial.array(), capacity)).position(position);
    }
    partial.put(data);
  }

  /**
   * Nothing more will come.
   *
   * @throws FrameException if a frame is incomplete
   */
  void end() throws FrameException {
    decoder.end(partial.duplicate().flip());
  }

  /** Bytes of memory that it holds. */
  long held() {
    return partial.capacity() + (copies ? largest : 0);
  }
}
