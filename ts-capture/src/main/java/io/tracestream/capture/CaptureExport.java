package io.tracestream.capture;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes recordings as a pcapng capture, for Wireshark and others: the packets of TCP connections
 * that would have carried the recorded frames at the recorded times.
 *
 * <p>Frames get their lengths again. Packets are plain IP, with right checksums and sequence
 * numbers, and up to 1460 bytes of data. The client's address is the recorded one; the target's is
 * made up. A connection ends as it was recorded to end; one that was cut off stays open. The
 * connections come one after the other, so that packets are in order of time only within each.
 *
 * <p>For one thread. Memory grows with the longest frame only.
 */
public final class CaptureExport {
  private static final int MOST_DATA = 1460;
  private static final int RAW_IP = 101;
  /** Segments in a row after which the receiver acknowledges. */
  private static final int MOST_IN_A_ROW = 20;

  /** Bytes in which the comments before the first entry are. */
  private static final int MOST_HEAD = 1000;

  private static final int FIRST_PORT = 49_152;
  private static final int PUSH = 8;
  private static final Pattern EPOCH = Pattern.compile("# epoch (\\S+)");
  private static final Pattern FROM =
      Pattern.compile("# connection \\d+ from (\\S+):(\\d{1,5}), .*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+\\]");

  private final OutputStream out;
  private final FrameFormat format;
  private final int port;
  private int connections;

  /**
   * A capture, which begins at once.
   *
   * @param out where to write; it is neither flushed nor closed
   * @param format the frames of recordings that do not name their framing, and the longest payload
   * @param port of the server, 1 to 65535
   * @throws IOException if writing fails
   */
  public CaptureExport(OutputStream out, FrameFormat format, int port) throws IOException {
    this.out = out;
    this.format = format;
    this.port = port;
    ByteBuffer section = ByteBuffer.allocate(28);
    section.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short)
        0);
    out.write(section.putLong(-1).putInt(28).array());
    ByteBuffer link = ByteBuffer.allocate(20);
    link.putInt(1)
        .putInt(20)
        .putShort((short) RAW_IP)
        .putShort((short) 0)
        .putInt(0)
        .putInt(20);
    out.write(link.array());
  }

  /**
   * Adds a connection.
   *
   * @param conversation its recording
   * @throws CaptureException if an entry does not fit into a frame
   * @throws IOException if the recording cannot be read, or writing fails
   */
  public void add(Conversation conversation) throws IOException {
    Head head = new Head();
    if (!conversation.parts().isEmpty()) {
      head.read(conversation.parts().get(0));
    }
    try (Recording recording = conversation.open(format.maxPayloadLength());
        RecordingReader reader = recording.reader()) {
      var named = recording.framing();
      new Connection(
              head, named == null ? format : new FrameFormat(named, format.maxPayloadLength()))
          .add(reader);
    }
  }

  /** What the comments at the beginning of a recording say. */
  private static final class Head {
    private long epochMicros;
    private @Nullable Endpoint client;

    private void read(Path file) throws IOException {
      try (InputStream in = unpacked(new BufferedInputStream(Files.newInputStream(file)))) {
        String start = new String(in.readNBytes(MOST_HEAD), StandardCharsets.ISO_8859_1);
        start.lines().forEach(this::take);
      }
    }

    private static InputStream unpacked(InputStream in) throws IOException {
      in.mark(2);
      byte[] first = in.readNBytes(2);
      in.reset();
      boolean isPacked = first.length == 2 && first[0] == 0x1f && (first[1] & 0xff) == 0x8b;
      return isPacked ? new GZIPInputStream(in) : in;
    }

    private void take(String line) {
      Matcher epoch = EPOCH.matcher(line);
      Matcher from = FROM.matcher(line);
      try {
        if (epoch.matches()) {
          epochMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(epoch.group(1)));
        } else if (from.matches() && ADDRESS.matcher(from.group(1)).matches()) {
          byte[] address = InetAddress.getByName(from.group(1)).getAddress();
          ByteBuffer bytes = ByteBuffer.wrap(address);
          int clientPort = Integer.parseInt(from.group(2)) & 0xffff;
          client = address.length == 4
              ? new Endpoint(false, 0, bytes.getInt() & 0xffffffffL, clientPort)
              : new Endpoint(true, bytes.getLong(), bytes.getLong(), clientPort);
        }
      } catch (IOException | DateTimeParseException | ArithmeticException e) {
        // an edited comment: as if it were not there
      }
    }
  }

  /** One side of a connection. */
  private static final class Side {
    private final Endpoint address;
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private final FrameWriter frames;
    private int next;
    private boolean ended;

    private Side(Endpoint address, FrameFormat format, int first) {
      this.address = address;
      this.frames = new FrameWriter(frame, format);
      this.next = first;
    }
  }

  /** The packets of one connection. */
  private final class Connection {
    private final Side client;
    private final Side target;
    private final long epochMicros;
    private long micros;
    /** Segments of the same side in a row. */
    private int inARow;

    private @Nullable Side last;

    private Connection(Head head, FrameFormat frames) {
      int number = connections++;
      Endpoint from = head.client != null
          ? head.client
          : new Endpoint(false, 0, 0xc0000202L, FIRST_PORT + number % 16_384);
      boolean isLoopback =
          from.isV6() ? from.high() == 0 && from.low() == 1 : from.low() >>> 24 == 127;
      Endpoint to = from.isV6()
          ? new Endpoint(true, isLoopback ? 0 : 0x20010db8_00000000L, 1, port)
          : new Endpoint(false, 0, isLoopback ? 0x7f000001L : 0xc0000201L, port);
      client = new Side(from, frames.ofClient(), 1_000_000 + number * 0x01000193);
      target = new Side(to, frames.ofServer(), 2_000_000 + number * 0x01000193);
      epochMicros = head.epochMicros;
    }

    private void add(RecordingReader reader) throws IOException {
      boolean more = reader.advance();
      micros = epochMicros + reader.startMicros();
      packet(client, Segment.SYN, null, 0, 0);
      client.next++;
      packet(target, Segment.SYN | Segment.ACK, null, 0, 0);
      target.next++;
      packet(client, Segment.ACK, null, 0, 0);
      while (more) {
        micros = Math.max(micros, epochMicros + reader.elapsedMicros());
        if (reader.clientEnded()) {
          end(client);
        }
        if (reader.targetEnded()) {
          end(target);
        }
        Side from = reader.direction() == Direction.C2S ? client : target;
        try {
          from.frames.write(reader.payload());
        } catch (FrameException e) {
          throw new CaptureException(
              reader.fileName() + ":" + reader.line() + ": " + e.withoutOffset());
        }
        data(from, from.frame.toByteArray());
        from.frame.reset();
        more = reader.advance();
      }
      RecordedEnd end = reader.end();
      if (end != RecordedEnd.CUT_OFF) {
        end(end == RecordedEnd.TARGET ? target : client);
        end(end == RecordedEnd.TARGET ? client : target);
        packet(end == RecordedEnd.TARGET ? target : client, Segment.ACK, null, 0, 0);
      }
    }

    private Side other(Side side) {
      return side == client ? target : client;
    }

    private void data(Side from, byte[] frame) throws IOException {
      for (int at = 0; at < frame.length; ) {
        int count = Math.min(MOST_DATA, frame.length - at);
        inARow = last == from ? inARow + 1 : 1;
        last = from;
        if (inARow > MOST_IN_A_ROW) {
          packet(other(from), Segment.ACK, null, 0, 0);
          inARow = 1;
        }
        boolean isLast = at + count == frame.length;
        packet(from, Segment.ACK | (isLast ? PUSH : 0), frame, at, count);
        from.next += count;
        at += count;
      }
    }

    private void end(Side side) throws IOException {
      if (!side.ended) {
        side.ended = true;
        packet(side, Segment.FIN | Segment.ACK, null, 0, 0);
        side.next++;
      }
    }

    private void packet(Side from, int flags, byte @Nullable [] data, int at, int count)
        throws IOException {
      Side to = other(from);
      int ipLength = from.address.isV6() ? 40 : 20;
      int length = ipLength + 20 + count;
      int padded = (length + 3) / 4 * 4;
      ByteBuffer block = ByteBuffer.allocate(32 + padded);
      block.putInt(6).putInt(32 + padded).putInt(0);
      block.putInt((int) (micros >>> 32)).putInt((int) micros).putInt(length).putInt(length);
      putIp(block, from.address, to.address, 20 + count);
      int tcp = block.position();
      block.putShort((short) from.address.port()).putShort((short) to.address.port());
      block.putInt(from.next).putInt((flags & Segment.ACK) == 0 ? 0 : to.next);
      block.putShort((short) (5 << 12 | flags)).putShort((short) 65_535).putInt(0);
      if (data != null) {
        block.put(data, at, count);
      }
      int addresses = from.address.isV6() ? 32 : 8;
      long sum = sum(block, tcp - addresses, addresses + 20 + count) + 6 + 20 + count;
      block.putShort(tcp + 16, checksum(sum));
      block.putInt(28 + padded, 32 + padded);
      out.write(block.array());
    }

    private void putIp(ByteBuffer to, Endpoint source, Endpoint destination, int payload) {
      int start = to.position();
      if (source.isV6()) {
        to.putInt(6 << 28).putShort((short) payload).put((byte) 6).put((byte) 64);
        to.putLong(source.high()).putLong(source.low());
        to.putLong(destination.high()).putLong(destination.low());
        return;
      }
      to.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload));
      to.putShort((short) 0).putShort((short) 0x4000).put((byte) 64).put((byte) 6);
      to.putShort((short) 0).putInt((int) source.low()).putInt((int) destination.low());
      to.putShort(start + 10, checksum(sum(to, start, 20)));
    }

    private long sum(ByteBuffer of, int from, int count) {
      long sum = 0;
      for (int i = 0; i < count; i++) {
        sum += (i % 2 == 0 ? 256L : 1L) * (of.get(from + i) & 0xff);
      }
      return sum;
    }

    private short checksum(long sum) {
      long folded = sum;
      while (folded >>> 16 != 0) {
        folded = (folded & 0xffff) + (folded >>> 16);
      }
      return (short) ~folded;
    }
  }
}
