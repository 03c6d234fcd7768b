package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a recording, entry by entry, through a buffer of its own. Memory grows with the longest
 * payload, not with the file.
 *
 * <p>For one thread at a time. After an exception it reads no further: each later call throws the
 * same.
 */
public final class RecordingReader implements Closeable {
  private static final int BUFFER = 64 * 1024;
  private static final int END = -1;
  /** Digits of {@link Long#MAX_VALUE}. */
  private static final int LONGEST_NUMBER = 19;
  /** As much of a damaged field as an error shows. */
  private static final int LONGEST_FIELD = 32;
  /** More than a number, a tab and a field: with so much at hand, no field is cut by chance. */
  private static final int LONGEST_PREFIX = 64;

  private final InputStream in;
  private final String name;
  private final int maxPayloadLength;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  /** The number of the line at hand, from 1; 0 before the first. */
  private long line;
  /** What ended the reading before the recording's end; null while all is well. */
  private IOException failure;

  /**
   * A reader at the top of a recording.
   *
   * @param in the recording's text; no need to buffer it. Closed with this reader
   * @param name what errors call it: the file's name
   * @param maxPayloadLength the longest payload to take, in bytes
   */
  public RecordingReader(InputStream in, String name, int maxPayloadLength) {
    this.in = in;
    this.name = name;
    this.maxPayloadLength = maxPayloadLength;
  }

  /**
   * Reads the next entry, past comments and blank lines.
   *
   * @return the entry, the caller's own; or null at the end of the recording
   * @throws RecordingException when a line is damaged: {@code FILE:LINE: }what was found, what was
   *     expected
   * @throws IOException what the stream threw
   */
  public Entry next() throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      return nextEntry();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  private Entry nextEntry() throws IOException {
    while (peek() != END) {
      line++;
      if (peek() == '#') {
        comment();
      } else if (!blank()) {
        return entry();
      }
    }
    return null;
  }

  /**
   * Where the last entry stands.
   *
   * @return its line number, from 1
   */
  public long line() {
    return line;
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    in.close();
  }

  /** True when the first line is that of a recording; comments alone could be any file's. */
  boolean startsAsRecording() throws IOException {
    if (peek() == '#') {
      return commentText().equals(RecordingWriter.HEADER);
    }
    try {
      return next() != null;
    } catch (RecordingException e) {
      return false;
    }
  }

  private Entry entry() throws IOException {
    while (limit - position < LONGEST_PREFIX && fillBehind()) {}
    return new Entry(elapsed(), direction(), payload());
  }

  private long elapsed() throws IOException {
    long value = 0;
    int at = position;
    for (; at < limit && buffer[at] >= '0' && buffer[at] <= '9'; at++) {
      int digit = buffer[at] - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw damaged("elapsed_us", quoted(field()), "at most " + Long.MAX_VALUE);
      }
      if (at == position + LONGEST_NUMBER) {
        throw damaged("elapsed_us", quoted(field()), "at most " + LONGEST_NUMBER + " digits");
      }
      value = 10 * value + digit;
    }
    if (at == limit) {
      throw cutOff();
    }
    if (at == position || buffer[at] != '\t') {
      throw damaged("elapsed_us", quoted(field()), "a number of microseconds and a tab");
    }
    position = at + 1;
    return value;
  }

  private Direction direction() throws IOException {
    String field = field();
    boolean ended = position + field.length() == limit;
    for (Direction direction : Direction.values()) {
      if (ended && direction.toString().startsWith(field)) {
        throw cutOff();
      }
      if (direction.toString().equals(field) && buffer[position + field.length()] == '\t') {
        position += field.length() + 1;
        return direction;
      }
    }
    throw damaged("direction", quoted(field), "c2s or s2c and a tab");
  }

  /**
   * The text from the position to the next tab or line end, or as much of it as an error should
   * show.
   */
  private String field() {
    int end = position;
    while (end < limit
        && end < position + LONGEST_FIELD
        && buffer[end] != '\t'
        && buffer[end] != '\n') {
      end++;
    }
    return new String(buffer, position, end - position, StandardCharsets.ISO_8859_1);
  }

  /** Decodes up to the end of the line; the array grows with the digits that have come. */
  private byte[] payload() throws IOException {
    byte[] payload = new byte[0];
    int length = 0;
    while (true) {
      int digits = digitsAtHand();
      int count = digits / 2;
      if (length + (long) count > maxPayloadLength) {
        throw damaged("payload", "over " + maxPayloadLength + " bytes", "at most so many");
      }
      if (payload.length - length < count) {
        payload = grown(payload, length, count);
      }
      int bad = Hex.decode(buffer, position, count, payload, length);
      if (bad >= 0) {
        throw badDigit(2L * length + (bad - position), buffer[bad]);
      }
      position += 2 * count;
      length += count;
      if (position + 1 < limit || !fillBehind()) {
        endOfPayload(2L * length);
        return length == payload.length ? payload : Arrays.copyOf(payload, length);
      }
    }
  }

  /** Exactly enough when the line's end is in sight, else twice as much. */
  private byte[] grown(byte[] payload, int length, int count) {
    boolean endInSight = position + 2 * count < limit - 1;
    long wanted =
        endInSight ? length + count : Math.max(2L * payload.length, length + (long) count);
    return Arrays.copyOf(payload, (int) Math.min(wanted, maxPayloadLength));
  }

  /**
   * How many bytes of the buffer, from the position on, stand before the line's end: an even
   * number.
   */
  private int digitsAtHand() {
    int end = position;
    while (end < limit && buffer[end] != '\n' && buffer[end] != '\r') {
      end++;
    }
    return end - position & ~1;
  }

  private void endOfPayload(long digits) throws IOException {
    int c = read();
    if (c == END || lineEnds(c)) {
      return;
    }
    if (!Hex.isDigit(c)) {
      throw badDigit(digits, c);
    }
    if (peek() == END) {
      throw cutOff();
    }
    int after = read();
    if (!lineEnds(after)) {
      throw badDigit(digits + 1, after);
    }
    throw damaged("payload", digits + 1 + " hex digits", "an even number");
  }

  /** True when {@code c} ends the line: LF, CRLF, or CR at the end of the file. */
  private boolean lineEnds(int c) throws IOException {
    if (c == '\r' && (peek() == '\n' || peek() == END)) {
      read();
      return true;
    }
    return c == '\n';
  }

  private void comment() throws IOException {
    String text = commentText();
    String prefix = RecordingWriter.HEADER.substring(0, RecordingWriter.HEADER.length() - 1);
    if (text.startsWith(prefix) && !text.equals(RecordingWriter.HEADER)) {
      throw damaged("version", quoted(text.substring(prefix.length() - 1)), "v1");
    }
  }

  /** Reads to the end of the line; gives its beginning, without white space at the end. */
  private String commentText() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = read(); c != '\n' && c != END; c = read()) {
      if (text.length() < 2 * RecordingWriter.HEADER.length()) {
        text.append((char) c);
      }
    }
    return text.toString().stripTrailing();
  }

  /** Reads a line of nothing; leaves any other where it is. */
  private boolean blank() throws IOException {
    if (peek() == '\r') {
      read();
      if (peek() != '\n' && peek() != END) {
        throw damaged("elapsed_us", quoted("\r"), "a number of microseconds and a tab");
      }
    }
    if (peek() == '\n') {
      read();
      return true;
    }
    return peek() == END;
  }

  private int read() throws IOException {
    int c = peek();
    if (c != END) {
      position++;
    }
    return c;
  }

  private int peek() throws IOException {
    return position < limit || fillBehind() ? buffer[position] & 0xff : END;
  }

  /** Moves what is unread to the front and waits for more behind it; false at the end. */
  private boolean fillBehind() throws IOException {
    System.arraycopy(buffer, position, buffer, 0, limit - position);
    limit -= position;
    position = 0;
    int n = in.read(buffer, limit, BUFFER - limit);
    limit += Math.max(n, 0);
    return n > 0;
  }

  private RecordingException badDigit(long index, int found) {
    return damaged(
        "payload", quoted("" + (char) (found & 0xff)) + " as digit " + (index + 1), "0-9 and a-f");
  }

  private RecordingException cutOff() {
    return new RecordingException(
        name + ":" + line + ": found a line that was cut off, expected its end;"
            + " the recorder was stopped inside it: delete the line or record again");
  }

  private RecordingException damaged(String subject, String found, String expected) {
    return new RecordingException(name + ":" + line + ": " + subject + ": found " + found
        + ", expected " + expected + "; correct the line or record again");
  }

  private static String quoted(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.chars()
        .forEach(c -> shown.append(c < ' ' || c > '~' ? String.format("\\x%02x", c) : (char) c));
    return shown.append('"').toString();
  }
}
