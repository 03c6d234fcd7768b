package io.tracestream.proxy;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Records the frames of a connection, and sees to it that they are in the file in time. For the
 * thread of one loop.
 */
abstract class Recorder {
  private static final long FLUSH_MILLIS = 1000;

  private final RecordingClock clock;
  private final boolean flushEach;
  private final Proxy proxy;
  private final EventLoop loop;
  /** When the frames at hand arrived: microseconds since the beginning. */
  private long elapsedMicros;

  private boolean flushPlanned;
  /** Used again for each frame, as a call with a varying number of arguments makes an array. */
  private final ByteBuffer[] onePart = new ByteBuffer[1];

  Recorder(RecordingClock clock, Proxy proxy, EventLoop loop) {
    this.clock = clock;
    this.flushEach = proxy.config().flushRecording();
    this.proxy = proxy;
    this.loop = loop;
  }

  /** The connection opens. */
  abstract void begin(Connection connection) throws IOException;

  /** Writes an entry, maybe only to memory. */
  abstract void put(long elapsedMicros, Direction direction, ByteBuffer[] parts) throws IOException;

  /** Hands all entries to the operating system. */
  abstract void handOver() throws IOException;

  /** Does what is to be done when the connection is closed. */
  abstract void finish() throws IOException;

  /** The connection is closed. */
  final void end() {
    try {
      finish();
    } catch (IOException e) {
      proxy.fail(e);
    }
  }

  /** Takes the time for the frames that come next. */
  final void stamp() {
    elapsedMicros = clock.elapsedMicros();
  }

  final void write(Direction direction, ByteBuffer payload) throws IOException {
    onePart[0] = payload;
    put(elapsedMicros, direction, onePart);
  }

  final void write(Direction direction, ByteBuffer[] parts) throws IOException {
    put(elapsedMicros, direction, parts);
  }

  /** To be called between writing frames and forwarding them. */
  final void beforeForwarding() throws IOException {
    if (flushEach) {
      handOver();
    } else if (!flushPlanned) {
      flushPlanned = true;
      loop.timers.in(FLUSH_MILLIS, this::flush);
    }
  }

  private void flush() {
    flushPlanned = false;
    try {
      handOver();
    } catch (IOException e) {
      proxy.fail(e);
    }
  }
}
