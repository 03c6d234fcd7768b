package io.tracestream.proxy;

import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.recording.RecordingWriter;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What records the connections of a proxy: nothing, one file for one client at a time, or a folder
 * with a file for each. For the thread that accepts connections.
 */
final class Recorders implements Closeable {
  private final RecordingClock clock = new RecordingClock();
  /** Null unless there is one file. */
  private final RecordingWriter writer;
  /** Null unless there is a folder. */
  private final RecordingDirectoryWriter directory;
  /** The folder's writer for each loop. */
  private final Map<EventLoop, RecordingDirectoryWriter> directories = new HashMap<>();

  private Proxy proxy;
  private FileRecorder single;

  private Recorders(RecordingWriter writer, RecordingDirectoryWriter directory) {
    this.writer = writer;
    this.directory = directory;
  }

  /** Opens what there is to record to. */
  static Recorders open(ProxyConfig config) throws IOException {
    return new Recorders(
        config.recording() == null ? null : RecordingWriter.create(config.recording()),
        config.recordingDirectory() == null
            ? null
            : RecordingDirectoryWriter.open(config.recordingDirectory()));
  }

  /** True when one client at a time is recorded: then one loop is enough, and needs no lock. */
  boolean needOneLoop() {
    return writer != null;
  }

  /** To be called before the first connection comes. */
  void serve(Proxy served, List<EventLoop> loops) {
    proxy = served;
    if (writer != null) {
      single = new FileRecorder(writer, clock, proxy, loops.get(0));
    } else if (directory != null) {
      loops.forEach(loop ->
          directories.put(loop, directories.isEmpty() ? directory : directory.forAnotherThread()));
    }
  }

  /** What is to record a connection that was just accepted; null for nothing. */
  Recorder next(long number, EventLoop loop) {
    long acceptedMicros = clock.accepted();
    return directory == null
        ? single
        : new ConversationRecorder(
            directories.get(loop), clock, number, acceptedMicros, proxy, loop);
  }

  /** Whether another client can be recorded now. */
  boolean areFree() {
    return single == null || single.isFree();
  }

  /** True when they may be free in a moment. */
  boolean areEnding() {
    return single.isEnding();
  }

  /** Closes what is being recorded to; once all loops have ended. */
  @Override
  public void close() throws IOException {
    directories.values().forEach(RecordingDirectoryWriter::close);
    if (writer != null) {
      writer.close();
    }
  }
}
