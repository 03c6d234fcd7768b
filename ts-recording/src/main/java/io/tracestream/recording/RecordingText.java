package io.tracestream.recording;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.zip.ZipException;

/**
 * The text of a recording as it comes from a stream, or from several in a row: the bytes at hand,
 * and errors that say where in it they stand. The bytes from {@code position} to {@code limit} of
 * {@code buffer} are unread.
 */
final class RecordingText implements Closeable {
  static final int END = -1;

  /** A session may hold many readers of short recordings: so a buffer begins small. */
  private static final int FIRST_BUFFER = 4 * 1024;

  private static final int BUFFER = 64 * 1024;
  /** As much of a damaged field as an error shows. */
  private static final int LONGEST_FIELD = 32;

  private final Iterator<TextPart> parts;
  private String name;
  /** The part at hand, unpacked. Null until it is first read: then it is opened. */
  private InputStream in;

  private TextPart part;
  /** What is wrong with the end of the part, which is told behind the text before it; or null. */
  private IOException badEnd;

  byte[] buffer = new byte[FIRST_BUFFER];
  int position;
  int limit;
  /** The number of the line at hand, from 1; 0 before the first. */
  long line;
  /** How many bytes stood before those in the buffer. */
  private long passed;

  RecordingText(InputStream in, String name) {
    this(List.of(new TextPart(name, () -> in)));
  }

  /** Of one part or more. */
  RecordingText(List<TextPart> all) {
    this.parts = all.iterator();
    this.part = parts.next();
    this.name = part.name();
  }

  /** The name of the part at hand. */
  String name() {
    return name;
  }

  /** At the end of a part: goes on to the next one; false when there is none. */
  boolean nextPart() throws IOException {
    requireWhole();
    if (!parts.hasNext()) {
      return false;
    }
    close();
    in = null;
    part = parts.next();
    name = part.name();
    line = 0;
    return true;
  }

  /** At the end of a part: throws when there ought to be more. */
  void requireWhole() throws RecordingException {
    if (badEnd != null) {
      throw badEnd();
    }
  }

  private RecordingException badEnd() {
    if (badEnd instanceof ZipException) {
      return error("gzip data: found damage (" + badEnd.getMessage()
          + "), expected more of the recording; copy the file anew or record again");
    }
    return error(
        "gzip data: found that it was cut off, expected its end;"
            + " save what is whole with check --repair, or record again",
        true);
  }

  /** How many bytes are at hand. */
  int remaining() {
    return limit - position;
  }

  /** The next byte, read; or END. */
  int read() throws IOException {
    int c = peek();
    if (c != END) {
      position++;
    }
    return c;
  }

  /** The next byte, left unread; or END. */
  int peek() throws IOException {
    return position < limit || fillBehind() ? buffer[position] & 0xff : END;
  }

  /** Moves what is unread to the front and waits for more behind it; false at the end. */
  boolean fillBehind() throws IOException {
    boolean grows = limit > 0 && buffer.length < BUFFER;
    byte[] next = grows ? new byte[4 * buffer.length] : buffer;
    System.arraycopy(buffer, position, next, 0, limit - position);
    buffer = next;
    limit -= position;
    passed += position;
    position = 0;
    int n = badEnd == null ? readBehind() : END;
    limit += Math.max(n, 0);
    return n > 0;
  }

  private int readBehind() throws IOException {
    try {
      if (in == null) {
        in = new UnpackedInput(part.open());
      }
      return in.read(buffer, limit, buffer.length - limit);
    } catch (EOFException | ZipException e) {
      badEnd = e;
      return END;
    }
  }

  /** Closes the part at hand. */
  @Override
  public void close() throws IOException {
    if (in == null) {
      part.open().close();
    } else {
      in.close();
    }
  }

  /** True when {@code c}, just read, ends the line: LF, CRLF, or CR at the end of the file. */
  boolean endsLine(int c) throws IOException {
    if (c == '\r' && (peek() == '\n' || peek() == END)) {
      read();
      return true;
    }
    return c == '\n';
  }

  /** True when the text that comes next begins with {@code expected}; leaves it unread. */
  boolean startsWith(String expected) throws IOException {
    while (remaining() < expected.length() && fillBehind()) {}
    int count = Math.min(remaining(), expected.length());
    return new String(buffer, position, count, StandardCharsets.ISO_8859_1).equals(expected);
  }

  /** How many bytes have been read. */
  long offset() {
    return passed + position;
  }

  /**
   * True when the byte that was read last is a line's end, and nobody has looked behind it: it is
   * still in the buffer then.
   */
  boolean isBehindLineEnd() {
    return position > 0 && buffer[position - 1] == '\n';
  }

  /** Reads to the end of the line. */
  void skipLine() throws IOException {
    int c = read();
    while (c != '\n' && c != END) {
      c = read();
    }
  }

  /** The text up to the next tab or line end, or as much of it as an error should show; unread. */
  String field() {
    int end = position;
    int most = Math.min(limit, position + LONGEST_FIELD);
    while (end < most && buffer[end] != '\t' && buffer[end] != '\n') {
      end++;
    }
    return new String(buffer, position, end - position, StandardCharsets.ISO_8859_1);
  }

  RecordingException cutOff() {
    if (badEnd instanceof ZipException) {
      return badEnd();
    }
    return error(
        "found a line that was cut off, expected its end;"
            + " the recorder was stopped inside it: delete the line or record again",
        true);
  }

  RecordingException damaged(String subject, String found, String expected) {
    return error(subject + ": found " + found + ", expected " + expected
        + "; correct the line or record again");
  }

  RecordingException error(String message) {
    return error(message, false);
  }

  private RecordingException error(String message, boolean cutOff) {
    String place = line == 0 ? name : name + ":" + line;
    return new RecordingException(place + ": " + message, line, cutOff);
  }

  static String quoted(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.chars()
        .forEach(c -> shown.append(c < ' ' || c > '~' ? String.format("\\x%02x", c) : (char) c));
    return shown.append('"').toString();
  }
}
