package io.tracestream.capture;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the packets of a capture, one after the other, each into the same buffer.
 *
 * <pre>
 *   pcap     magic, version, ..., snapshot length, link type; then for each packet:
 *            seconds, fraction, bytes captured, bytes on the network, the bytes
 *   pcapng   blocks: type, length, ..., length again; a section header says the byte order,
 *            an interface description the link type, an enhanced packet holds a packet
 * </pre>
 *
 * <p>Both come in either byte order, and compressed with gzip. A file that ends inside a packet, or
 * is damaged, ends there; {@link #damage} then says so.
 */
final class CaptureReader implements Closeable {
  /** Larger packets are damage: a network card's largest have some hundred kilobytes. */
  private static final int MOST_BYTES = 16 * 1024 * 1024;

  private static final int MOST_INTERFACES = 4096;
  private static final int PIECE = 64 * 1024;
  /** The last microsecond of the year 9998: later ones have no name as recordings. */
  private static final long LATEST = 253_370_764_799_999_999L;

  private static final int SECTION = 0x0a0d0d0a;
  private static final int BYTE_ORDER = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int OLD_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int ENHANCED_PACKET = 6;

  private final String name;
  private final InputStream in;
  private final ByteBuffer head = ByteBuffer.allocate(32);
  private ByteBuffer data = ByteBuffer.allocate(PIECE);
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private final boolean isBlocks;
  /** Bytes read, after decompression. */
  private long read;
  /** Where the current packet or block begins. */
  private long start;

  private @Nullable String damage;

  // pcap
  private int recordHeader = 16;
  private boolean nanos;

  // pcapng
  private final List<Interface> interfaces = new ArrayList<>();

  // The current packet.
  private int linkType;
  private long micros;
  private int originalLength;

  /** Where packets of a section were captured. */
  private record Interface(int linkType, long unitsPerSecond, long offsetSeconds) {}

  private CaptureReader(String name, InputStream in) throws IOException {
    this.name = name;
    this.in = in;
    int magic;
    try {
      fill(head, 4);
      magic = head.getInt(0);
    } catch (EOFException | ZipException e) {
      throw notOne("too short");
    }
    isBlocks = magic == SECTION;
    if (isBlocks) {
      requireByteOrder();
    } else {
      beginPcap(magic);
    }
  }

  /**
   * Opens a capture.
   *
   * @throws CaptureException if the file is not one
   * @throws IOException if it cannot be read
   */
  static CaptureReader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE);
    try {
      return new CaptureReader(file.toString(), unpacked(in, file.toString()));
    } catch (IOException | RuntimeException | Error e) {
      in.close();
      throw e;
    }
  }

  /** Whether a file begins as a capture does, or is compressed. */
  static boolean isCapture(Path file) throws IOException {
    try (CaptureReader reader = open(file)) {
      return reader.read > 0;
    } catch (CaptureException e) {
      return false;
    }
  }

  private static InputStream unpacked(InputStream in, String name) throws IOException {
    in.mark(4);
    byte[] first = in.readNBytes(4);
    in.reset();
    if (first.length == 4 && first[0] == 0x1f && (first[1] & 0xff) == 0x8b) {
      try {
        return new BufferedInputStream(new GZIPInputStream(in, PIECE), PIECE);
      } catch (EOFException | ZipException e) {
        throw new CaptureException(name + ": is not a capture: its gzip header is damaged");
      }
    }
    if (first.length == 4 && ByteBuffer.wrap(first).getInt() == 0x28b52ffd) {
      throw new CaptureException(name + ": is compressed with zstd; decompress it first");
    }
    return in;
  }

  private CaptureException notOne(String why) {
    return new CaptureException(name + ": is not a pcap or pcapng capture: " + why);
  }

  private void beginPcap(int magic) throws IOException {
    switch (magic) {
      case 0xa1b2c3d4 -> {}
      case 0xd4c3b2a1 -> order = ByteOrder.LITTLE_ENDIAN;
      case 0xa1b23c4d -> nanos = true;
      case 0x4d3cb2a1 -> {
        nanos = true;
        order = ByteOrder.LITTLE_ENDIAN;
      }
      // Some old Linux systems wrote eight more bytes for each packet.
      case 0xa1b2cd34 -> recordHeader = 24;
      case 0x34cdb2a1 -> {
        recordHeader = 24;
        order = ByteOrder.LITTLE_ENDIAN;
      }
      default -> throw notOne("it begins with 0x" + HexFormat.of().toHexDigits(magic));
    }
    try {
      fill(head, 20);
    } catch (EOFException | ZipException e) {
      throw notOne("it ends inside its header");
    }
    linkType = head.getInt(16) & 0xffff; // the bits above say whether frames end with a checksum
  }

  private void requireByteOrder() throws IOException {
    try {
      fill(head, 8);
    } catch (EOFException | ZipException e) {
      throw notOne("it ends inside its header");
    }
    if (!beginSection(head.getInt(4))) {
      throw notOne("it has no byte order");
    }
    start = 0;
    try {
      skipBlock(lengthOf(head.order(order).getInt(0)), 12);
    } catch (EOFException | ZipException | Damage e) {
      throw notOne("its first block is damaged");
    }
  }

  /** Takes the byte order of a section; false if that is not one. */
  private boolean beginSection(int magic) {
    if (Integer.reverseBytes(magic) == BYTE_ORDER) {
      order = turned();
    } else if (magic != BYTE_ORDER) {
      return false;
    }
    interfaces.clear();
    return true;
  }

  private ByteOrder turned() {
    return order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  /** What cannot be read on. */
  private static final class Damage extends Exception {
    private static final long serialVersionUID = 1;

    private Damage(String message) {
      super(message);
    }
  }

  /**
   * Reads the next packet.
   *
   * @return false at the end of the file, or where it cannot be read on
   * @throws IOException if reading fails
   */
  boolean next() throws IOException {
    if (damage != null) {
      return false;
    }
    start = read;
    try {
      return isBlocks ? nextInBlocks() : nextRecord();
    } catch (EOFException e) {
      if (read > start || isInGzip(e)) {
        damage =
            name + ": ends inside a packet, at byte " + read + "; the packets before it were taken";
      }
    } catch (ZipException e) {
      damage = name + ": the gzip data is damaged after byte " + read + " of what it holds: "
          + e.getMessage() + "; the packets before it were taken";
    } catch (Damage e) {
      damage =
          name + ": byte " + start + ": " + e.getMessage() + "; the packets before it were taken";
    }
    return false;
  }

  /** An end that the compressed data should not have had; our own has no message. */
  private static boolean isInGzip(EOFException e) {
    return e.getMessage() != null;
  }

  private boolean nextRecord() throws IOException, Damage {
    fill(head, recordHeader);
    long seconds = head.getInt(0) & 0xffffffffL;
    long fraction = head.getInt(4) & 0xffffffffL;
    micros = Math.min(LATEST, seconds * 1_000_000 + (nanos ? fraction / 1000 : fraction));
    takePacket(head.getInt(8) & 0xffffffffL, head.getInt(12) & 0xffffffffL);
    return true;
  }

  private void takePacket(long captured, long original) throws IOException, Damage {
    if (captured > MOST_BYTES) {
      throw new Damage("packet length: found " + captured + ", expected at most " + MOST_BYTES);
    }
    fill((int) captured);
    originalLength = (int) Math.min(Integer.MAX_VALUE, Math.max(captured, original));
  }

  private boolean nextInBlocks() throws IOException, Damage {
    while (true) {
      start = read;
      fill(head, 8);
      int type = head.getInt(0);
      if (type == SECTION) {
        int lengthAsRead = head.getInt(4);
        boolean wasBig = order == ByteOrder.BIG_ENDIAN;
        fill(head, 4);
        if (!beginSection(head.getInt(0))) {
          throw new Damage("a section without a byte order");
        }
        boolean isBig = order == ByteOrder.BIG_ENDIAN;
        skipBlock(
            lengthOf(wasBig == isBig ? lengthAsRead : Integer.reverseBytes(lengthAsRead)), 12);
        continue;
      }
      long length = lengthOf(head.getInt(4));
      switch (type) {
        case INTERFACE -> addInterface(length);
        case ENHANCED_PACKET, OLD_PACKET -> {
          takeEnhanced(length, type == OLD_PACKET);
          return true;
        }
        case SIMPLE_PACKET -> {
          takeSimple(length);
          return true;
        }
        default -> skipBlock(length, 8);
      }
    }
  }

  private static long lengthOf(int field) throws Damage {
    long length = field & 0xffffffffL;
    if (length < 12 || length % 4 != 0) {
      throw new Damage("block length: found " + length + ", expected a multiple of 4 from 12 on");
    }
    return length;
  }

  private void skipBlock(long length, int had) throws IOException {
    long rest = length - had;
    while (rest > 0) {
      int piece = (int) Math.min(rest, PIECE);
      fill(piece);
      rest -= piece;
    }
  }

  private void addInterface(long length) throws IOException, Damage {
    if (length < 20 || length > MOST_BYTES || interfaces.size() == MOST_INTERFACES) {
      throw new Damage("an interface that cannot be: its block has " + length + " bytes");
    }
    fill((int) length - 8);
    long unitsPerSecond = 1_000_000;
    long offsetSeconds = 0;
    int end = (int) length - 12; // before the length that is repeated
    for (int at = 8; at + 4 <= end; ) {
      int code = data.getShort(at) & 0xffff;
      int size = data.getShort(at + 2) & 0xffff;
      if (code == 0 || at + 4 + size > end) {
        break;
      }
      if (code == 9 && size == 1) {
        unitsPerSecond = units(data.get(at + 4));
      } else if (code == 14 && size == 8) {
        offsetSeconds = data.getLong(at + 4);
      }
      at += 4 + (size + 3) / 4 * 4;
    }
    interfaces.add(new Interface(data.getShort(0) & 0xffff, unitsPerSecond, offsetSeconds));
  }

  /** A resolution of 10^-N or, with the highest bit, of 2^-N seconds. */
  private static long units(byte resolution) {
    int power = resolution & 0x7f;
    if (resolution < 0) {
      return 1L << Math.min(power, 62);
    }
    long units = 1;
    for (int i = 0; i < Math.min(power, 18); i++) {
      units *= 10;
    }
    return units;
  }

  private void takeEnhanced(long length, boolean isOld) throws IOException, Damage {
    if (length < 32) {
      throw new Damage("a packet block of " + length + " bytes");
    }
    fill(head, 20);
    long id = isOld ? head.getShort(0) & 0xffff : head.getInt(0) & 0xffffffffL;
    Interface of = interfaceOf(id);
    long units = (head.getInt(4) & 0xffffffffL) << 32 | head.getInt(8) & 0xffffffffL;
    long captured = head.getInt(12) & 0xffffffffL;
    if (captured > length - 32) {
      throw new Damage("packet length: found " + captured + ", expected at most " + (length - 32));
    }
    linkType = of.linkType;
    micros = micros(units, of);
    takeInBlock(captured, head.getInt(16) & 0xffffffffL, length - 28);
  }

  private Interface interfaceOf(long id) throws Damage {
    if (id >= interfaces.size()) {
      throw new Damage("a packet of interface " + id + ", but there are only " + interfaces.size());
    }
    return interfaces.get((int) id);
  }

  /** A packet without a time: it gets that of the one before it. */
  private void takeSimple(long length) throws IOException, Damage {
    if (length < 16) {
      throw new Damage("a packet block of " + length + " bytes");
    }
    fill(head, 4);
    long original = head.getInt(0) & 0xffffffffL;
    linkType = interfaceOf(0).linkType;
    takeInBlock(Math.min(original, length - 16), original, length - 12);
  }

  /** Takes a packet from what is left of its block, which is longer. */
  private void takeInBlock(long captured, long original, long rest) throws IOException, Damage {
    takePacket(captured, original);
    long left = rest - captured;
    while (left > 0) {
      int piece = (int) Math.min(left, head.capacity());
      fill(head, piece);
      left -= piece;
    }
  }

  private static long micros(long units, Interface of) {
    long perSecond = of.unitsPerSecond;
    long seconds = Long.divideUnsigned(units, perSecond);
    long fraction = Long.remainderUnsigned(units, perSecond);
    long most = LATEST / 1_000_000;
    if (seconds < 0 || seconds > most || of.offsetSeconds > most || of.offsetSeconds < -most) {
      return LATEST;
    }
    long micros = perSecond <= 1_000_000_000_000L
        ? fraction * 1_000_000 / perSecond
        : fraction / (perSecond / 1_000_000);
    return Math.max(0, Math.min(LATEST, (seconds + of.offsetSeconds) * 1_000_000 + micros));
  }

  /** Reads that many bytes into the buffer of packets, which grows with what arrives. */
  private void fill(int count) throws IOException {
    data.clear();
    int had = 0;
    while (had < count) {
      if (data.capacity() == had) {
        data = ByteBuffer.wrap(Arrays.copyOf(data.array(), Math.min(count, 2 * had)));
      }
      int n = in.read(data.array(), had, Math.min(count, data.capacity()) - had);
      if (n < 0) {
        throw new EOFException();
      }
      had += n;
      read += n;
    }
    data.order(order).limit(count);
  }

  private void fill(ByteBuffer to, int count) throws IOException {
    to.order(order);
    int had = 0;
    while (had < count) {
      int n = in.read(to.array(), had, count - had);
      if (n < 0) {
        throw new EOFException();
      }
      had += n;
      read += n;
    }
  }

  /** How the packet begins. */
  int linkType() {
    return linkType;
  }

  /** When it was captured, in microseconds since 1970. */
  long micros() {
    return micros;
  }

  /** Its bytes, as far as they were captured, from index 0 to the limit; until the next packet. */
  ByteBuffer bytes() {
    return data;
  }

  /** How many bytes it had on the network. */
  int originalLength() {
    return originalLength;
  }

  /** Why the file cannot be read on, in one line; null if it ended well, or has not ended. */
  @Nullable
  String damage() {
    return damage;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
