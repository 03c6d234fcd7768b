package io.tracestream.recording;

import static io.tracestream.recording.RecordingText.END;
import static io.tracestream.recording.RecordingText.quoted;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a recording, entry by entry, through a buffer of its own. Memory grows with the longest
 * payload, not with the file.
 *
 * <p>For one thread at a time. After an exception it reads no further: each later call throws the
 * same.
 */
public final class RecordingReader implements Closeable {
  private static final String ELAPSED = "a number of microseconds and a tab";
  /** Digits of {@link Long#MAX_VALUE}. */
  private static final int LONGEST_NUMBER = 19;
  /** More than a number, a tab and a field: with so much at hand, no field is cut by chance. */
  private static final int LONGEST_PREFIX = 64;

  private final InputStream in;
  private final RecordingText text;
  private final PayloadReader payloads;
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
    this.text = new RecordingText(in, name);
    this.payloads = new PayloadReader(text, maxPayloadLength);
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
    while (text.peek() != END) {
      text.line++;
      if (text.peek() == '#') {
        isHeader();
      } else if (!blank()) {
        return entry();
      }
    }
    return null;
  }

  /**
   * Where the entry that was read last stands.
   *
   * @return its line number, from 1
   */
  public long line() {
    return text.line;
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    in.close();
  }

  /** True when it has the first line of a recording, or an entry; comments could be any file's. */
  boolean startsAsRecording() throws IOException {
    try {
      while (text.peek() == '#') {
        if (isHeader()) {
          return true;
        }
      }
      return next() != null;
    } catch (RecordingException e) {
      return false;
    }
  }

  private Entry entry() throws IOException {
    while (text.limit - text.position < LONGEST_PREFIX && text.fillBehind()) {}
    return new Entry(elapsed(), direction(), payloads.read());
  }

  private long elapsed() throws IOException {
    long value = 0;
    int at = text.position;
    for (; at < text.limit && isFigure(text.buffer[at]); at++) {
      int figure = text.buffer[at] - '0';
      if (value > (Long.MAX_VALUE - figure) / 10) {
        throw text.damaged("elapsed_us", quoted(text.field()), "at most " + Long.MAX_VALUE);
      }
      if (at == text.position + LONGEST_NUMBER) {
        throw text.damaged(
            "elapsed_us", quoted(text.field()), "at most " + LONGEST_NUMBER + " digits");
      }
      value = 10 * value + figure;
    }
    if (at == text.limit) {
      throw text.cutOff();
    }
    if (at == text.position || text.buffer[at] != '\t') {
      throw text.damaged("elapsed_us", quoted(text.field()), ELAPSED);
    }
    text.position = at + 1;
    return value;
  }

  private static boolean isFigure(byte c) {
    return c >= '0' && c <= '9';
  }

  private Direction direction() throws IOException {
    if (text.limit - text.position >= 4) {
      Direction direction = text.buffer[text.position] == 'c' ? Direction.C2S : Direction.S2C;
      if (isAtHand(direction)) {
        text.position += 4;
        return direction;
      }
    }
    String found = text.field();
    boolean ended = text.position + found.length() == text.limit;
    if (ended && ("c2s".startsWith(found) || "s2c".startsWith(found))) {
      throw text.cutOff();
    }
    throw text.damaged("direction", quoted(found), "c2s or s2c and a tab");
  }

  /** True when the next four bytes are that direction and a tab. */
  private boolean isAtHand(Direction direction) {
    byte[] buffer = text.buffer;
    int at = text.position;
    boolean c2s = direction == Direction.C2S;
    return buffer[at] == (c2s ? 'c' : 's')
        && buffer[at + 1] == '2'
        && buffer[at + 2] == (c2s ? 's' : 'c')
        && buffer[at + 3] == '\t';
  }

  /** Reads a comment; true when it is the line that a recording begins with. */
  private boolean isHeader() throws IOException {
    String comment = commentText();
    if (comment.equals(RecordingWriter.HEADER)) {
      return true;
    }
    String prefix = RecordingWriter.HEADER.substring(0, RecordingWriter.HEADER.length() - 1);
    if (comment.startsWith(prefix)) {
      throw text.damaged("version", quoted(comment.substring(prefix.length() - 1)), "v1");
    }
    return false;
  }

  /** Reads to the end of the line; gives its beginning, without white space at the end. */
  private String commentText() throws IOException {
    StringBuilder comment = new StringBuilder();
    for (int c = text.read(); c != '\n' && c != END; c = text.read()) {
      if (comment.length() < 2 * RecordingWriter.HEADER.length()) {
        comment.append((char) c);
      }
    }
    return comment.toString().stripTrailing();
  }

  /** Reads a line of nothing; leaves any other where it is. */
  private boolean blank() throws IOException {
    int c = text.peek();
    if (c != '\n' && c != '\r') {
      return false;
    }
    if (!text.endsLine(text.read())) {
      throw text.damaged("elapsed_us", quoted("\r"), ELAPSED);
    }
    return true;
  }
}
