package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingReader;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * What a page shows: conversations with their entries, the sessions that played them, and marks at
 * entries. It goes compressed into a file without a name, and from there into the page, so that
 * memory does not grow with it. For one thread at a time.
 *
 * <p>The uncompressed data are records, which page.js reads:
 *
 * <pre>
 *   'C' text name                                   a conversation
 *   'E' flags, number, line, micros, bytes, [text]  its next entry; the text is the decoded payload
 *   'S' conversation, text outcome, text name, text message      a session that played it
 *   'M' flags, row, number, line, text title, text advice, text explanation, text decoded,
 *       [bytes expected], [bytes found], ranges differing, ranges open      its next mark
 *
 *   conversations and the rows of each count from 1; 0 is none
 *   number   base-128, little end first; all that has no other type here
 *   text     count of bytes, then UTF-8
 *   bytes    length of the payload, offset of the first byte here, count of bytes here, bytes
 *   ranges   count, then for each range offset and length
 *   flags    1: s2c. Entry: 2: only in B, 4: has a text. Mark: 2: has expected, 4: has found
 * </pre>
 */
final class PageData implements Closeable {
  /** Browsers limit how tall a list can be, and a page is for people. */
  static final int MOST_ENTRIES = 500_000;
  /** How much of one payload a page has, in bytes. */
  static final int MOST_OF_PAYLOAD = 64 * 1024;
  /** How much of all payloads a page has before it has only the beginning of each. */
  static final long MOST_BYTES = 32L * 1024 * 1024;
  /** The beginning of a payload, in bytes. */
  static final int BEGINNING = 64;
  /** A multiple of three, so that the pieces' Base64 has no padding. */
  private static final int PIECE = 48 * 1024;

  /** Bytes that differ or are left open. */
  record Range(int offset, int length) {}

  /**
   * A mark at an entry.
   *
   * @param row the entry's place in its conversation here, from 1; 0 if it is not here
   * @param number the entry's number in the recording
   * @param line its line, or 0
   * @param advice lines, or none
   * @param decoded both payloads as decoders read them, as in {@link DecodedText}
   * @param expected null if there is nothing to show
   * @param found null if there is nothing to show
   */
  record Mark(
      Direction direction,
      long row,
      long number,
      long line,
      String title,
      String advice,
      String explanation,
      String decoded,
      byte[] expected,
      byte[] found,
      List<Range> differing,
      List<Range> open) {}

  /** The entries of one direction. */
  static final class Amount {
    private long entries;
    private long payloadBytes;

    long entries() {
      return entries;
    }

    /** Their lengths, also of what is not here. */
    long payloadBytes() {
      return payloadBytes;
    }
  }

  private final FileChannel spool;
  private final Deflater deflater = new Deflater();
  private final DeflaterOutputStream compressed;
  private final OutputStream out;
  private long size;
  private int conversations;
  private final Amount c2s = new Amount();
  private final Amount s2c = new Amount();
  private long rows;
  private long elapsedMicros;
  private long bytes;
  private long cut;

  /**
   * Empty data.
   *
   * @param spool an empty file, which is closed with this
   */
  PageData(FileChannel spool) {
    this.spool = spool;
    this.compressed = new DeflaterOutputStream(Channels.newOutputStream(spool), deflater, PIECE);
    this.out = new BufferedOutputStream(compressed, PIECE);
  }

  /** Begins a conversation. */
  void conversation(String name) throws IOException {
    out.write('C');
    text(name);
    conversations++;
    rows = 0;
  }

  /** Whether there is room for another entry. */
  boolean hasRoom() {
    return entries() < MOST_ENTRIES;
  }

  /** Adds the reader's current entry to the last conversation. */
  void entry(long number, RecordingReader reader, Decoders decoders) throws IOException {
    ByteBuffer payload = reader.payload();
    Direction direction = reader.direction();
    String decoded = bytes < MOST_BYTES ? decoded(direction, payload, decoders) : "";
    elapsedMicros = reader.elapsedMicros();
    entry(decoded.isEmpty() ? 0 : 4, direction, number, reader.line(), payload);
    if (!decoded.isEmpty()) {
      text(decoded);
      bytes += decoded.length();
    }
  }

  /** Adds an entry that only recording B has, where the last conversation is A. */
  void entryOfB(Direction direction, long number, long line, byte[] payload) throws IOException {
    entry(2, direction, number, line, ByteBuffer.wrap(payload));
  }

  private void entry(int flags, Direction direction, long number, long line, ByteBuffer payload)
      throws IOException {
    out.write('E');
    out.write(flag(direction) | flags);
    number(number);
    number(line);
    number(elapsedMicros);
    int room = room();
    bytes(payload, 0, room);
    cut += payload.remaining() > room ? 1 : 0;
    Amount amount = amount(direction);
    amount.entries++;
    amount.payloadBytes += payload.remaining();
    rows++;
  }

  private static String decoded(Direction direction, ByteBuffer payload, Decoders decoders) {
    if (decoders.isEmpty()) {
      return "";
    }
    byte[] copy = new byte[payload.remaining()];
    payload.duplicate().get(copy);
    String text = String.join("\n", decoders.decode(direction, copy));
    return text.length() <= MOST_OF_PAYLOAD ? text : text.substring(0, MOST_OF_PAYLOAD) + "\n...";
  }

  /**
   * Adds a session, which the marks after it belong to.
   *
   * @param conversation what it played, from 1; 0 for none of those here
   */
  void session(int conversation, String outcome, String name, String message) throws IOException {
    out.write('S');
    number(conversation);
    text(outcome);
    text(name);
    text(message);
  }

  void mark(Mark mark) throws IOException {
    out.write('M');
    out.write(flag(mark.direction())
        | (mark.expected() == null ? 0 : 2)
        | (mark.found() == null ? 0 : 4));
    number(mark.row());
    number(mark.number());
    number(mark.line());
    text(mark.title());
    text(mark.advice());
    text(mark.explanation());
    text(mark.decoded());
    int first = mark.differing().isEmpty() ? 0 : mark.differing().get(0).offset();
    window(mark.expected(), first);
    window(mark.found(), first);
    ranges(mark.differing());
    ranges(mark.open());
  }

  private static int flag(Direction direction) {
    return direction == Direction.S2C ? 1 : 0;
  }

  /** The part of a payload around a difference, as far as the ends allow. */
  private void window(byte[] payload, int around) throws IOException {
    if (payload != null) {
      int last = Math.max(0, payload.length - room());
      int from = Math.min(Math.max(0, around - room() / 2), last);
      bytes(ByteBuffer.wrap(payload), from, room());
    }
  }

  /** How much of a payload there is room for. */
  private int room() {
    return bytes < MOST_BYTES ? MOST_OF_PAYLOAD : BEGINNING;
  }

  private void bytes(ByteBuffer payload, int from, int most) throws IOException {
    int count = Math.min(most, payload.remaining() - from);
    bytes += count;
    number(payload.remaining());
    number(from);
    number(count);
    out.write(payload.array(), payload.arrayOffset() + payload.position() + from, count);
  }

  private void ranges(List<Range> ranges) throws IOException {
    number(ranges.size());
    for (Range range : ranges) {
      number(range.offset());
      number(range.length());
    }
  }

  private void text(String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    out.write(utf8);
  }

  private void number(long number) throws IOException {
    long rest = number;
    while (rest > 127) {
      out.write((int) (rest & 127 | 128));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  int conversations() {
    return conversations;
  }

  long entries() {
    return c2s.entries + s2c.entries;
  }

  /** How much went in one direction. */
  Amount amount(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
  }

  /** The entries of the last conversation. */
  long rows() {
    return rows;
  }

  /** Entries whose payloads are not here to their ends. */
  long cut() {
    return cut;
  }

  /** Ends the data, which can then be written. */
  void end() throws IOException {
    out.flush();
    compressed.finish();
    size = deflater.getBytesRead();
  }

  /** How many bytes they are when uncompressed; once they have ended. */
  long size() {
    return size;
  }

  /** Writes the compressed data as lines of Base64. */
  void writeTo(Writer to) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    spool.position(0);
    boolean atEnd = false;
    while (!atEnd) {
      while (piece.hasRemaining() && !atEnd) {
        atEnd = spool.read(piece) < 0;
      }
      piece.flip();
      to.write(
          StandardCharsets.ISO_8859_1.decode(Base64.getEncoder().encode(piece)).toString());
      to.write('\n');
      piece.clear();
    }
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    spool.close();
  }
}
