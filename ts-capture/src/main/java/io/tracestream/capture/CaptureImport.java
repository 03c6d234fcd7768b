package io.tracestream.capture;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.ConversationWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.recording.RecordingWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the connections to one port in a capture into recordings.
 *
 * <p>Times count from the first packet of the first connection, in microseconds. A frame has the
 * time at which its last byte could be read. A connection is recorded up to where bytes are missing
 * from the capture or are not a frame, and then counts as cut off: a recording with a hole would be
 * worse than a short one.
 *
 * <p>For one thread, and for one run.
 */
public final class CaptureImport implements Closeable {
  private final CaptureReader capture;
  private final String name;
  private final int port;
  private final FrameFormat format;

  private CaptureImport(Path capture, int port, FrameFormat format) throws IOException {
    this.capture = CaptureReader.open(capture);
    this.name = capture.toString();
    this.port = port;
    this.format = format;
  }

  /**
   * Opens a capture.
   *
   * @param capture a file of tcpdump, Wireshark and others: pcap or pcapng, also with gzip
   * @param port of the servers, 1 to 65535
   * @param format the frames in both directions
   * @return what to import
   * @throws IllegalArgumentException if the port is out of range
   * @throws CaptureException if the file is not a capture
   * @throws IOException if it cannot be read
   */
  public static CaptureImport open(Path capture, int port, FrameFormat format) throws IOException {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: found " + port + ", expected 1 to 65535");
    }
    return new CaptureImport(capture, port, format);
  }

  /**
   * Records the first connection that has a whole frame; the others are reported. The file is
   * created with that frame: if there is none, an earlier recording stays as it is.
   *
   * @param file where to write; replaced if it is a recording
   * @param framing the framing that the recording names; null to name none
   * @param notes takes a line for everything that is cut, lost or left out
   * @return what was imported
   * @throws IOException if the capture cannot be read, or the recording cannot be written
   */
  public ImportSummary toFile(Path file, @Nullable Framing framing, Consumer<String> notes)
      throws IOException {
    return new Run(notes, null, () -> RecordingWriter.create(file, framing)).all();
  }

  /**
   * Records each connection to a file of its own, as a proxy does.
   *
   * @param folder where to write
   * @param notes takes a line for everything that is cut or lost
   * @return what was imported
   * @throws IOException if the capture cannot be read, or a recording cannot be written
   */
  public ImportSummary toFolder(RecordingDirectoryWriter folder, Consumer<String> notes)
      throws IOException {
    return new Run(notes, folder, null).all();
  }

  @Override
  public void close() throws IOException {
    capture.close();
  }

  /** Opens the file for a single connection. */
  private interface Opening {
    RecordingWriter open() throws IOException;
  }

  /** One run. */
  private final class Run {
    private final Consumer<String> notes;
    private final @Nullable RecordingDirectoryWriter folder;
    private final @Nullable Opening opening;
    /** Null until a frame is written to it. */
    private @Nullable RecordingWriter file;

    private final TcpConnections connections = new TcpConnections(port, this::open);
    private final Set<Conversation> openOnes = new HashSet<>();
    private long epochMicros = -1;
    private @Nullable Conversation inFile;
    private final ImportSummary.Counts counts = new ImportSummary.Counts();

    private Run(
        Consumer<String> notes,
        @Nullable RecordingDirectoryWriter folder,
        @Nullable Opening opening) {
      this.notes = notes;
      this.folder = folder;
      this.opening = opening;
    }

    private ImportSummary all() throws IOException {
      try {
        connections.readAll(capture);
      } finally {
        for (Conversation left : List.copyOf(openOnes)) { // only after an error
          left.close(RecordedEnd.CUT_OFF);
        }
        if (file != null) {
          file.close();
        }
      }
      if (connections.fragments() > 0) {
        note(connections.fragments() + " packets are fragments of IP datagrams, which are not put"
            + " together; what they carried counts as missing");
      }
      if (connections.partial() > 0) {
        note(connections.partial() + " packets were captured only in part, so the rest of their"
            + " bytes is missing; capture with a larger snapshot length (tcpdump -s 0)");
      }
      if (connections.cut() > 0) {
        note(connections.cut() + " packets were captured without all of their headers; capture with"
            + " a larger snapshot length (tcpdump -s 0)");
      }
      connections
          .unknownLinks()
          .forEach((type, count) -> note(count + " packets have link type " + type
              + ", which is not supported; capture on an Ethernet, loopback or \"any\" interface"));
      if (capture.damage() != null) {
        notes.accept(capture.damage());
      }
      return counts.summary(connections, capture.damage() != null);
    }

    private void note(String text) {
      notes.accept(name + ": " + text);
    }

    private TcpSink open(long number, Endpoint client, Endpoint target, long micros) {
      if (epochMicros < 0) {
        epochMicros = micros;
      }
      return new Conversation(number, client, target, Math.max(0, micros - epochMicros));
    }

    /** Records the frames of one connection. */
    private final class Conversation implements TcpSink {
      private final long number;
      private final Endpoint client;
      private final Endpoint target;
      private final long acceptedMicros;
      // There may be very many connections that carry nothing: these come with the first bytes.
      private @Nullable FrameStream c2s;
      private @Nullable FrameStream s2c;
      private @Nullable ConversationWriter writer;
      private final Set<Direction> withoutStart = EnumSet.noneOf(Direction.class);
      private boolean closed;
      private boolean hasBytes;
      private boolean isLeftOut;
      private long frames;
      private long lastMicros;
      private @Nullable RecordedEnd end;

      private Conversation(long number, Endpoint client, Endpoint target, long acceptedMicros) {
        this.number = number;
        this.client = client;
        this.target = target;
        this.acceptedMicros = acceptedMicros;
      }

      @Override
      public String toString() {
        return "connection " + number + " from " + client + " to " + target;
      }

      @Override
      public void bytes(Direction direction, long micros, ByteBuffer data) throws IOException {
        hasBytes = true;
        if (closed) {
          return;
        }
        try {
          of(direction).take(data, payload -> write(direction, micros, payload));
        } catch (FrameException e) {
          cut(direction + " " + e.getMessage());
        }
      }

      private FrameStream of(Direction direction) {
        FrameStream stream = direction == Direction.C2S ? c2s : s2c;
        if (stream == null) {
          boolean hasStart = !withoutStart.contains(direction);
          stream = new FrameStream(FrameStream.format(format, direction, hasStart));
          openOnes.add(this);
          if (direction == Direction.C2S) {
            c2s = stream;
          } else {
            s2c = stream;
          }
          if (folder != null && writer == null) {
            Instant epoch = Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
            writer = folder.conversation(epoch, number, client.toString(), acceptedMicros);
          }
        }
        return stream;
      }

      private void write(Direction direction, long micros, ByteBuffer payload) throws IOException {
        lastMicros = Math.max(lastMicros, micros - epochMicros);
        int length = payload.remaining();
        if (writer != null) {
          writer.write(lastMicros, direction, payload);
        } else if (inFile == null || inFile == this) {
          inFile = this;
          if (file == null && opening != null) {
            file = opening.open();
          }
          if (file != null) {
            file.write(lastMicros, direction, payload);
          }
        } else {
          isLeftOut = true;
        }
        if (!isLeftOut) {
          frames++;
          counts.frame(direction, length);
        }
      }

      @Override
      public void lost(Direction direction, long at, long count) throws IOException {
        hasBytes = true;
        cut(direction + " byte " + at + ": " + (count == 1 ? "1 byte was" : count + " bytes were")
            + " not captured");
      }

      @Override
      public void ended(Direction direction, long micros) throws IOException {
        if (closed) {
          return;
        }
        if (end == null) {
          end = direction == Direction.C2S ? RecordedEnd.CLIENT : RecordedEnd.TARGET;
        }
        try {
          of(direction).end();
        } catch (FrameException e) {
          cut(direction + " " + e.getMessage());
          return;
        }
        if (writer != null) {
          writer.ended(direction);
        }
      }

      @Override
      public void withoutStart(Direction direction) {
        withoutStart.add(direction);
        notes.accept(this + ": " + direction
            + ": its beginning is not in the capture; read from the first byte that is");
      }

      @Override
      public void reset(Direction direction, long micros) throws IOException {
        open("reset by the " + (direction == Direction.C2S ? "client" : "target"));
      }

      @Override
      public void closed() throws IOException {
        if (!closed && end != null) {
          close(end);
        }
      }

      @Override
      public void open(String why) throws IOException {
        if (!closed) {
          String partial = partial(Direction.C2S) + partial(Direction.S2C);
          if (!partial.isEmpty()) {
            cut(why + partial);
          } else {
            close(RecordedEnd.CUT_OFF);
            if (hasBytes) {
              notes.accept(this + ": " + why);
            }
          }
        }
      }

      @Override
      public void dropped(String why) throws IOException {
        hasBytes = true;
        cut(why);
      }

      private String partial(Direction direction) {
        try {
          of(direction).end();
          return "";
        } catch (FrameException e) {
          return ", " + direction + " " + e.problem();
        }
      }

      /** Something of the connection is missing, or is not a frame. */
      private void cut(String why) throws IOException {
        if (!closed) {
          counts.cut();
          close(RecordedEnd.CUT_OFF);
          notes.accept(this + ": " + why + (frames > 0 ? "; recorded up to there" : ""));
        }
      }

      private void close(RecordedEnd how) throws IOException {
        closed = true;
        openOnes.remove(this);
        c2s = null; // with their memory
        s2c = null;
        if (writer != null) {
          writer.close(how);
        }
        counts.connection(frames > 0, hasBytes);
        if (isLeftOut) {
          counts.leftOut();
          notes.accept(this + ": left out, as one file holds one connection; give a folder");
        }
      }

      @Override
      public long held() {
        return (c2s == null ? 0 : c2s.held()) + (s2c == null ? 0 : s2c.held());
      }
    }
  }
}
