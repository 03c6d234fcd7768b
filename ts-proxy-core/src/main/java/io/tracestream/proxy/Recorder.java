package io.tracestream.proxy;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The recording of a proxy: its file, its clock, and the connection that is being recorded. For the
 * thread of the one loop that a recording proxy has.
 */
final class Recorder {
  private static final long FLUSH_MILLIS = 1000;

  private final RecordingWriter writer;
  private final boolean flushEach;
  private final Proxy proxy;
  private final EventLoop loop;
  private Connection recorded;
  private boolean began;
  /** The clock's reading when the first connection was accepted. */
  private long beginning;
  /** When the frames at hand arrived: microseconds since the beginning. */
  private long elapsedMicros;

  private boolean flushPlanned;
  /** Used again for each frame, as a call with a varying number of arguments makes an array. */
  private final ByteBuffer[] onePart = new ByteBuffer[1];

  Recorder(RecordingWriter writer, boolean flushEach, Proxy proxy, EventLoop loop) {
    this.writer = writer;
    this.flushEach = flushEach;
    this.proxy = proxy;
    this.loop = loop;
  }

  boolean isFree() {
    return recorded == null;
  }

  /** True when the recorded client has ended its sending: it may be gone in a moment. */
  boolean isEnding() {
    return recorded != null && recorded.clientEnded();
  }

  void begin(Connection connection) {
    recorded = connection;
    if (!began) {
      began = true;
      beginning = System.nanoTime();
    }
  }

  void end() {
    recorded = null;
    flush();
  }

  /** Takes the time for the frames that come next. */
  void stamp() {
    elapsedMicros = (System.nanoTime() - beginning) / 1000;
  }

  void write(Direction direction, ByteBuffer payload) throws IOException {
    onePart[0] = payload;
    writer.write(elapsedMicros, direction, onePart);
  }

  void write(Direction direction, ByteBuffer[] parts) throws IOException {
    writer.write(elapsedMicros, direction, parts);
  }

  /** To be called between writing frames and forwarding them. */
  void beforeForwarding() throws IOException {
    if (flushEach) {
      writer.flush();
    } else if (!flushPlanned) {
      flushPlanned = true;
      loop.timers.in(FLUSH_MILLIS, this::flush);
    }
  }

  private void flush() {
    flushPlanned = false;
    try {
      writer.flush();
    } catch (IOException e) {
      proxy.fail(e);
    }
  }
}
