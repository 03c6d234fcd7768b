package io.tracestream.proxy;

import io.tracestream.codec.Framing;
import io.tracestream.engine.Addresses;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.Listener;
import io.tracestream.recording.ConversationWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.recording.RecordingWriter;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy records to: one file for one client at a time, or a folder with a file for each
 * client. Times count from the first connection.
 *
 * <p>A recorder belongs to the loop of its connection. Each loop flushes its recorders once a
 * second, whether frames come or not, so that a file that was taken away is noticed.
 */
final class Recorders implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorders.class);
  private static final long FLUSH_NANOS = 1_000_000_000;

  private final ProxyConfig config;
  /** The file or the folder. */
  private final Path place;
  /** Null if there is no single file. */
  private final @Nullable RecordingWriter file;

  /** Null if there is no folder. */
  private final @Nullable RecordingDirectoryWriter folder;

  private final Map<EventLoop, OfLoop> loops = new HashMap<>();
  private long accepted;
  /** When the first connection was accepted, by a monotonic clock. */
  private volatile long beginning;

  private volatile Instant epoch = Instant.EPOCH;

  /** What is recorded on one loop. */
  private static final class OfLoop {
    /** The folder's writer for the loop's thread. */
    private final @Nullable RecordingDirectoryWriter folder;

    private final Set<Recorder> recorders = new HashSet<>();
    /** What recorders that have ended recorded. */
    private Recorded ended = Recorded.NOTHING;

    private long opened;
    private long unreachable;
    private long endedMicros;

    private OfLoop(@Nullable RecordingDirectoryWriter folder) {
      this.folder = folder;
    }
  }

  private Recorders(
      ProxyConfig config,
      Path place,
      @Nullable RecordingWriter file,
      @Nullable RecordingDirectoryWriter folder) {
    this.config = config;
    this.place = place;
    this.file = file;
    this.folder = folder;
  }

  /** Opens the file or folder; null if nothing is recorded. */
  static @Nullable Recorders open(ProxyConfig config) throws IOException {
    Path file = config.recording();
    if (file != null) {
      return new Recorders(
          config,
          file,
          RecordingWriter.create(file, config.namedFraming(), config.redaction()),
          null);
    }
    RecordingDirectoryConfig folder = config.recordingDirectory();
    return folder == null
        ? null
        : new Recorders(
            config,
            folder.directory(),
            null,
            RecordingDirectoryWriter.open(folder(config, folder), LOG::warn));
  }

  private static RecordingDirectoryConfig folder(
      ProxyConfig config, RecordingDirectoryConfig folder) {
    RecordingDirectoryConfig named = folder.withFraming(config.namedFraming());
    return config.redaction() == null ? named : named.withRedaction(config.redaction());
  }

  /** Whether only one client at a time can be recorded. */
  boolean areSingle() {
    return file != null;
  }

  /** Whether each frame has to be in its file before it is forwarded. */
  boolean flushesEach() {
    return config.flushRecording();
  }

  /** To be called before the first connection comes. */
  void serve(Proxy proxy, List<EventLoop> all) {
    for (EventLoop loop : all) {
      loops.put(
          loop, new OfLoop(folder == null || loops.isEmpty() ? folder : folder.forAnotherThread()));
    }
    all.forEach(loop -> loop.execute(() -> flushSoon(proxy, loop)));
  }

  private OfLoop of(EventLoop loop) {
    return Objects.requireNonNull(loops.get(loop));
  }

  private void flushSoon(Proxy proxy, EventLoop loop) {
    loop.after(FLUSH_NANOS, () -> {
      flushSoon(proxy, loop); // first, so that an error below does not end it
      for (Recorder recorder : List.copyOf(of(loop).recorders)) {
        IOException failure = recorder.flush();
        if (failure != null) {
          proxy.fail(failure);
        }
      }
      flushFile(proxy);
    });
  }

  /** Needed even if no client is connected, to notice that the file was taken away. */
  private void flushFile(Proxy proxy) {
    try {
      if (file != null) {
        file.flush();
      }
    } catch (IOException e) {
      proxy.fail(e);
    }
  }

  /** A client was accepted; returns when, in microseconds since the first one. */
  long accepted() {
    if (accepted++ == 0) {
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

  /**
   * How many more file descriptors a client needs: for its target, and for its file. The JVM opens
   * files of its own for a moment at any time, such as the limits of its container, from several
   * threads: so the file's descriptor is not the only one that becomes free for it.
   */
  int descriptors() {
    return folder == null ? 1 : 4;
  }

  /**
   * A recorder for a connection. On the thread of its loop.
   *
   * @param spares sockets that reserve as many {@link #descriptors}; the first one is not used
   *     here, the others belong to the recorder
   */
  Recorder of(
      long number,
      InetSocketAddress client,
      long acceptedMicros,
      EventLoop loop,
      SocketChannel[] spares) {
    OfLoop ofLoop = of(loop);
    Recorder recorder = file != null
        ? new Recorder(this, toFile(file), number, acceptedMicros, config.observer())
        : new Recorder(
            this,
            toFolder(
                Objects.requireNonNull(ofLoop.folder)
                    .conversation(epoch, number, Addresses.numeric(client), acceptedMicros),
                Arrays.copyOfRange(spares, 1, spares.length)),
            number,
            acceptedMicros,
            config.observer());
    ofLoop.recorders.add(recorder);
    return recorder;
  }

  /** Adds up what the recorder of a closed connection has recorded. */
  void ended(Recorder recorder, EventLoop loop) {
    OfLoop its = of(loop);
    its.recorders.remove(recorder);
    its.ended = its.ended.plus(recorder.recorded());
    its.opened += recorder.isOpened() ? 1 : 0;
    its.unreachable += recorder.isUnreachable() ? 1 : 0;
    its.endedMicros = elapsedMicros();
  }

  /** Bytes that were recorded on that loop. On its thread. */
  long length(EventLoop loop) {
    if (file != null) {
      return file.length();
    }
    OfLoop its = of(loop);
    return its.ended.fileBytes()
        + its.recorders.stream().mapToLong(Recorder::length).sum();
  }

  /** Bytes that wait to be written on that loop. On its thread. */
  long unwritten(EventLoop loop) {
    return file != null
        ? file.unwritten()
        : of(loop).recorders.stream().mapToLong(Recorder::unwritten).sum();
  }

  /** Logs what was recorded altogether. Called when all loops have ended. */
  void logResult(InetSocketAddress listening, boolean failed) {
    Recorded all = Recorded.NOTHING;
    long opened = 0;
    long unreachable = 0;
    long endedMicros = 0;
    for (OfLoop its : loops.values()) {
      all = all.plus(its.ended);
      opened += its.opened;
      unreachable += its.unreachable;
      endedMicros = Math.max(endedMicros, its.endedMicros);
    }
    String connections = accepted == 1 ? "1 connection" : accepted + " connections";
    if (failed && !all.isEmpty()) {
      LOG.warn(
          "{} is incomplete: of {}, {} and {}, the last ones may be missing",
          place,
          connections,
          all.shown(Direction.C2S),
          all.shown(Direction.S2C));
    } else if (!all.isEmpty()) {
      LOG.info(
          "recorded {}, {} and {} in {} to {}",
          connections,
          all.shown(Direction.C2S),
          all.shown(Direction.S2C),
          seconds(endedMicros),
          place);
    } else if (!failed) {
      LOG.warn("{}: nothing was recorded: {}", place, whyNothing(opened, unreachable, listening));
    }
  }

  private String whyNothing(long opened, long unreachable, InetSocketAddress listening) {
    if (accepted == 0) {
      return "no client connected to " + Addresses.numeric(listening)
          + "; check where the client connects to";
    }
    if (opened > 0) {
      return noWholeFrame();
    }
    return unreachable < accepted
        ? "every client failed or left before the target was connected"
        : "the target " + Addresses.asGiven(config.target())
            + " was never reached; start it or correct its address";
  }

  /** What to check if a connection was served and nothing was recorded. */
  String noWholeFrame() {
    Framing framing = config.format().framing();
    int header = config.format().headerLength();
    return "no whole frame came; check that "
        + (framing.isPlain()
            ? "each frame begins with the length of its payload in "
                + (header == 1 ? "1 byte" : header + " bytes")
            : "the framing is " + framing);
  }

  static String seconds(long micros) {
    return String.format(Locale.ROOT, "%.3f s", micros / 1e6);
  }

  private Recorder.Output toFile(RecordingWriter file) {
    return new Recorder.Output() {
      @Override
      public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
          throws IOException {
        file.write(elapsedMicros, direction, payload);
      }

      @Override
      public void comment(String text) throws IOException {
        file.comment(text);
      }

      @Override
      public void flush() throws IOException {
        file.flush();
      }

      @Override
      public void ended(Direction direction) {
        // Not in a single file, which may hold several clients in a row.
      }

      @Override
      public void end(RecordedEnd how) throws IOException {
        file.flush();
      }

      @Override
      public long length() {
        return file.length();
      }

      @Override
      public long unwritten() {
        return file.unwritten();
      }

      @Override
      public String fileName() {
        return place.toString();
      }
    };
  }

  private static Recorder.Output toFolder(ConversationWriter writer, SocketChannel[] spares) {
    return new Recorder.Output() {
      @Override
      public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
          throws IOException {
        if (spares[0].isOpen()) { // the first entry creates the file
          Listener.inPlaceOf(spares, () -> writer.write(elapsedMicros, direction, payload));
        } else {
          writer.write(elapsedMicros, direction, payload);
        }
      }

      @Override
      public void comment(String text) {
        writer.comment(text);
      }

      @Override
      public void flush() throws IOException {
        writer.flush();
      }

      @Override
      public void ended(Direction direction) {
        writer.ended(direction);
      }

      @Override
      public void end(RecordedEnd how) throws IOException {
        for (SocketChannel spare : spares) {
          spare.close();
        }
        writer.close(how);
      }

      @Override
      public long length() {
        return writer.length();
      }

      @Override
      public long unwritten() {
        return writer.unwritten();
      }

      @Override
      public String fileName() {
        return writer.fileName();
      }
    };
  }

  /** Closes the file or folder. Called when all loops have ended. */
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
