package io.tracestream.capture;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes recordings as a pcapng capture, for Wireshark and others: the packets of TCP connections
 * that would have carried the recorded frames at the recorded times.
 *
 * <p>Frames get their lengths again. Packets are plain IP, with right checksums and sequence
 * numbers, and up to 1460 bytes of data. The client's address is the recorded one; the target's is
 * made up. A connection ends as it was recorded to end; one that was cut off stays open.
 *
 * <p>For one thread. Memory grows with the longest frame, and with the number of connections that
 * are open at a time, of which only {@value #MOST_OPEN} are in order of time.
 */
public final class CaptureExport {
  private static final int MOST_DATA = 1460;
  private static final int RAW_IP = 101;
  /** Segments in a row after which the receiver acknowledges. */
  private static final int MOST_IN_A_ROW = 20;

  /** Connections whose recordings are read side by side. */
  private static final int MOST_OPEN = 200;

  private static final int FIRST_PORT = 49_152;
  private static final int PUSH = 8;
  /** An address and a port, never a name: that would be looked up. */
  private static final Pattern CLIENT =
      Pattern.compile("([0-9.]+|\\[[0-9a-fA-F:.]+\\]):(\\d{1,5})");

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
    addAll(List.of(conversation));
  }

  /**
   * Adds connections, with all their packets in order of time. If more than {@value #MOST_OPEN} are
   * open at a time, the packets of some come later than their time.
   *
   * @param conversations their recordings
   * @throws CaptureException if an entry does not fit into a frame
   * @throws IOException if a recording cannot be read, or writing fails
   */
  public void addAll(List<Conversation> conversations) throws IOException {
    List<Start> starts = new ArrayList<>();
    for (Conversation conversation : conversations) {
      try (Connection connection = new Connection(conversation, connections)) {
        starts.add(new Start(conversation, connections++, connection.micros));
      }
    }
    starts.sort(Comparator.comparingLong(Start::micros));
    PriorityQueue<Connection> open =
        new PriorityQueue<>(Comparator.<Connection>comparingLong(each -> each.micros)
            .thenComparingInt(each -> each.number));
    try {
      for (Start start : starts) {
        while (hasEarlier(open, start) || open.size() == MOST_OPEN) {
          writeNext(open);
        }
        open.add(new Connection(start.conversation, start.number));
      }
      while (!open.isEmpty()) {
        writeNext(open);
      }
    } finally {
      for (Connection left : open) { // only after an error
        left.close();
      }
    }
  }

  /** When a connection begins, whose recording is not open. */
  private record Start(Conversation conversation, int number, long micros) {}

  private static boolean hasEarlier(PriorityQueue<Connection> open, Start start) {
    Connection first = open.peek();
    return first != null && first.micros < start.micros;
  }

  private static void writeNext(PriorityQueue<Connection> open) throws IOException {
    Connection first = open.element();
    boolean goesOn = first.write();
    open.remove();
    if (goesOn) {
      open.add(first);
    } else {
      first.close();
    }
  }

  /** The address of a client; null if it is not one. */
  private static @Nullable Endpoint endpoint(@Nullable String client) {
    Matcher parts = CLIENT.matcher(client == null ? "" : client);
    if (!parts.matches()) {
      return null;
    }
    try {
      byte[] address = InetAddress.getByName(parts.group(1)).getAddress();
      ByteBuffer bytes = ByteBuffer.wrap(address);
      int port = Integer.parseInt(parts.group(2)) & 0xffff;
      return address.length == 4
          ? new Endpoint(false, 0, bytes.getInt() & 0xffffffffL, port)
          : new Endpoint(true, bytes.getLong(), bytes.getLong(), port);
    } catch (IOException e) {
      return null; // an edited comment
    }
  }

  private static long micros(@Nullable Instant epoch) {
    try {
      return epoch == null ? 0 : ChronoUnit.MICROS.between(Instant.EPOCH, epoch);
    } catch (ArithmeticException e) {
      return 0; // an edited comment
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
  private final class Connection implements Closeable {
    private final int number;
    private final Recording recording;
    private final RecordingReader reader;
    private final Side client;
    private final Side target;
    private final long epochMicros;
    /** When the next packet is sent. */
    private long micros;

    private boolean begun;
    /** The reader is at an entry. */
    private boolean more;
    /** Segments of the same side in a row. */
    private int inARow;

    private @Nullable Side last;

    private Connection(Conversation conversation, int number) throws IOException {
      this.number = number;
      recording = conversation.open(format.maxPayloadLength());
      reader = recording.reader();
      try {
        more = reader.advance();
      } catch (IOException | RuntimeException e) {
        close();
        throw e;
      }
      Framing named = reader.framing();
      FrameFormat frames =
          named == null ? format : new FrameFormat(named, format.maxPayloadLength());
      Endpoint recorded = endpoint(reader.client());
      Endpoint from = recorded != null
          ? recorded
          : new Endpoint(false, 0, 0xc0000202L, FIRST_PORT + number % 16_384);
      boolean isLoopback =
          from.isV6() ? from.high() == 0 && from.low() == 1 : from.low() >>> 24 == 127;
      Endpoint to = from.isV6()
          ? new Endpoint(true, isLoopback ? 0 : 0x20010db8_00000000L, 1, port)
          : new Endpoint(false, 0, isLoopback ? 0x7f000001L : 0xc0000201L, port);
      client = new Side(from, frames.ofClient(), 1_000_000 + number * 0x01000193);
      target = new Side(to, frames.ofServer(), 2_000_000 + number * 0x01000193);
      epochMicros = micros(reader.epoch());
      micros = epochMicros + reader.startMicros();
    }

    /** Writes what happens at one time; whether something happens later. */
    private boolean write() throws IOException {
      if (!begun) {
        begun = true;
        begin();
      } else if (more) {
        frame();
        more = reader.advance();
      } else {
        end();
        return false;
      }
      if (more) {
        micros = Math.max(micros, epochMicros + reader.elapsedMicros());
      }
      return true;
    }

    private void begin() throws IOException {
      packet(client, Segment.SYN, null, 0, 0);
      client.next++;
      packet(target, Segment.SYN | Segment.ACK, null, 0, 0);
      target.next++;
      packet(client, Segment.ACK, null, 0, 0);
    }

    private void frame() throws IOException {
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
    }

    private void end() throws IOException {
      RecordedEnd end = reader.end();
      if (end != RecordedEnd.CUT_OFF) {
        end(end == RecordedEnd.TARGET ? target : client);
        end(end == RecordedEnd.TARGET ? client : target);
        packet(end == RecordedEnd.TARGET ? target : client, Segment.ACK, null, 0, 0);
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
      recording.close();
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
