package io.tracestream.proxy;

import io.tracestream.recording.ConversationWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingDirectoryWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Records one connection to a file of its own. */
final class ConversationRecorder extends Recorder {
  private final RecordingDirectoryWriter directory;
  private final RecordingClock clock;
  private final long number;
  private final long acceptedMicros;
  /** Null until the connection opens. */
  private ConversationWriter writer;

  /** {@code directory} belongs to the connection's loop. */
  ConversationRecorder(
      RecordingDirectoryWriter directory,
      RecordingClock clock,
      long number,
      long acceptedMicros,
      Proxy proxy,
      EventLoop loop) {
    super(clock, proxy, loop);
    this.directory = directory;
    this.clock = clock;
    this.number = number;
    this.acceptedMicros = acceptedMicros;
  }

  @Override
  void begin(Connection connection) throws IOException {
    InetSocketAddress client = connection.clientAddress();
    String host = client.getAddress().getHostAddress();
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    writer = directory.conversation(
        clock.epoch(), number, shown + ":" + client.getPort(), acceptedMicros);
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
    if (writer != null) {
      writer.close();
    }
  }
}
