package io.tracestream.proxy;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Records one connection after the other to one file: there is one of these, on the only loop. */
final class FileRecorder extends Recorder {
  private final RecordingWriter writer;
  private Connection recorded;

  FileRecorder(RecordingWriter writer, RecordingClock clock, Proxy proxy, EventLoop loop) {
    super(clock, proxy, loop);
    this.writer = writer;
  }

  boolean isFree() {
    return recorded == null;
  }

  /** True when the recorded client has ended its sending: it may be gone in a moment. */
  boolean isEnding() {
    return recorded != null && recorded.clientEnded();
  }

  @Override
  void begin(Connection connection) {
    recorded = connection;
  }

  @Override
  void put(long elapsedMicros, Direction direction, ByteBuffer[] parts) throws IOException {
    writer.write(elapsedMicros, direction, parts);
  }

  @Override
  void handOver() throws IOException {
    writer.flush();
  }

  @Override
  void finish() throws IOException {
    recorded = null;
    writer.flush();
  }
}
