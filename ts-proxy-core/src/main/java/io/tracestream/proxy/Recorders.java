package io.tracestream.proxy;

import io.tracestream.engine.EventLoop;
import io.tracestream.recording.ConversationWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.recording.RecordingWriter;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy records to: one file for one client at a time, or a folder with a file for each
 * client. Times count from the first connection.
 *
 * <p>Recorders are made on the loop that accepts, and belong to the loop of their connection; each
 * loop flushes its own once a second, whether frames come or not, so that a file that was taken
 * away is noticed.
 */
final class Recorders implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorders.class);
  private static final long FLUSH_NANOS = 1_000_000_000;

  private final boolean flushesEach;
  /** Null unless there is one file. */
  private final RecordingWriter file;

  private final String fileName;
  /** Null unless there is a folder. */
  private final RecordingDirectoryWriter folder;

  private final Map<EventLoop, OfLoop> loops = new HashMap<>();
  private boolean began;
  /** When the first connection was accepted, by a clock that never goes backwards. */
  private volatile long beginning;

  private volatile Instant epoch;

  /** What is recorded on one loop. */
  private static final class OfLoop {
    /** The folder's writer for the loop's thread. */
    private RecordingDirectoryWriter folder;

    private final Set<Recorder> recorders = new HashSet<>();
  }

  private Recorders(
      boolean flushesEach, RecordingWriter file, String fileName, RecordingDirectoryWriter folder) {
    this.flushesEach = flushesEach;
    this.file = file;
    this.fileName = fileName;
    this.folder = folder;
  }

  /** Opens what there is to record to; null when nothing is. */
  static Recorders open(ProxyConfig config) throws IOException {
    if (config.recording() != null) {
      return new Recorders(
          config.flushRecording(),
          RecordingWriter.create(config.recording()),
          config.recording().toString(),
          null);
    }
    return config.recordingDirectory() == null
        ? null
        : new Recorders(
            config.flushRecording(),
            null,
            null,
            RecordingDirectoryWriter.open(config.recordingDirectory(), LOG::warn));
  }

  /** Whether one client at a time is recorded. */
  boolean areSingle() {
    return file != null;
  }

  /** Whether each frame is to be in its file before it is forwarded. */
  boolean flushesEach() {
    return flushesEach;
  }

  /** To be called before the first connection comes. */
  void serve(Proxy proxy, List<EventLoop> all) {
    for (EventLoop loop : all) {
      OfLoop ofLoop = new OfLoop();
      if (folder != null) {
        ofLoop.folder = loops.isEmpty() ? folder : folder.forAnotherThread();
      }
      loops.put(loop, ofLoop);
    }
    all.forEach(loop -> loop.execute(() -> flushSoon(proxy, loop)));
  }

  private void flushSoon(Proxy proxy, EventLoop loop) {
    loop.after(FLUSH_NANOS, () -> {
      flushSoon(proxy, loop); // first: nothing that is thrown here is to end it
      for (Recorder recorder : List.copyOf(loops.get(loop).recorders)) {
        IOException failure = recorder.flush();
        if (failure != null) {
          proxy.fail(failure);
        }
      }
      if (file != null) {
        flushFile(proxy);
      }
    });
  }

  /** Also while no client is recorded: what was recorded may be taken away. */
  private void flushFile(Proxy proxy) {
    try {
      file.flush();
    } catch (IOException e) {
      proxy.fail(e);
    }
  }

  /** A client was accepted: when, in microseconds since the first one, which is at 0. */
  long accepted() {
    if (!began) {
      began = true;
      epoch = Instant.now();
      beginning = System.nanoTime();
      return 0;
    }
    return elapsedMicros();
  }

  /** Microseconds since the first client was accepted. */
  long elapsedMicros() {
    return (System.nanoTime() - beginning) / 1000;
  }

  /** How many descriptors a client needs beside its own: for its target, and for its file. */
  int descriptors() {
    return folder == null ? 1 : 2;
  }

  /**
   * What records that connection; on the thread of its loop.
   *
   * @param spares what {@link #descriptors} were kept free with; of these the first is not touched
   */
  Recorder of(
      long number,
      InetSocketAddress client,
      long acceptedMicros,
      EventLoop loop,
      SocketChannel[] spares) {
    OfLoop ofLoop = loops.get(loop);
    Recorder recorder = file != null
        ? new Recorder(this, toFile(), "connection " + number + ": " + fileName, acceptedMicros)
        : new Recorder(
            this,
            toFolder(
                ofLoop.folder.conversation(epoch, number, shown(client), acceptedMicros),
                spares[1]),
            "connection " + number,
            acceptedMicros);
    ofLoop.recorders.add(recorder);
    return recorder;
  }

  /** The connection of that recorder is closed. */
  void forget(Recorder recorder, EventLoop loop) {
    loops.get(loop).recorders.remove(recorder);
  }

  private static String shown(InetSocketAddress client) {
    String host = client.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + client.getPort();
  }

  private Recorder.Output toFile() {
    return new Recorder.Output() {
      @Override
      public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
          throws IOException {
        file.write(elapsedMicros, direction, payload);
      }

      @Override
      public void flush() throws IOException {
        file.flush();
      }

      @Override
      public void end() throws IOException {
        file.flush();
      }
    };
  }

  private static Recorder.Output toFolder(ConversationWriter writer, SocketChannel spare) {
    return new Recorder.Output() {
      @Override
      public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
          throws IOException {
        if (spare.isOpen()) {
          spare.close(); // the first entry makes the file, which takes the descriptor over
        }
        writer.write(elapsedMicros, direction, payload);
      }

      @Override
      public void flush() throws IOException {
        writer.flush();
      }

      @Override
      public void end() throws IOException {
        spare.close();
        writer.close();
      }
    };
  }

  /** Closes what is being recorded to; once all loops have ended. */
  @Override
  public void close() throws IOException {
    for (OfLoop ofLoop : loops.values()) {
      if (ofLoop.folder != null) {
        ofLoop.folder.close();
      }
    }
    if (file != null) {
      file.close();
    }
  }
}
