package io.tracestream.recording;

import static io.tracestream.recording.RecordingText.END;
import static io.tracestream.recording.RecordingText.quoted;

import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Matcher;

/** Finds the lines of entries among comments and blank lines, and reads all but their payloads. */
final class LineReader {
  /** What the version line begins with, whatever the version. */
  static final String ANY_HEADER =
      RecordingWriter.HEADER.substring(0, RecordingWriter.HEADER.length() - 1);

  private static final String ELAPSED = "a number of microseconds and a tab";
  /** Digits of {@link Long#MAX_VALUE}. */
  private static final int LONGEST_NUMBER = 19;
  /** More than a number, a tab and a field: with so much at hand, no field is cut by chance. */
  private static final int LONGEST_PREFIX = 64;

  /** As much of a comment as may have a meaning. */
  private static final int LONGEST_COMMENT = 200;

  private final RecordingText text;
  private long elapsedMicros;
  private Direction direction;
  private long startMicros;

  LineReader(RecordingText text) {
    this.text = text;
  }

  long elapsedMicros() {
    return elapsedMicros;
  }

  Direction direction() {
    return direction;
  }

  /** When the conversation began, as a comment has said; else 0. */
  long startMicros() {
    return startMicros;
  }

  /** Reads up to the payload of the next entry; false at the recording's end. */
  boolean next() throws IOException {
    while (text.peek() != END || text.nextPart()) {
      if (text.peek() == END) {
        continue; // a part of nothing
      }
      text.line++;
      if (text.peek() == '#') {
        isHeader();
      } else if (!blank()) {
        readPrefix();
        return true;
      }
    }
    return false;
  }

  /** Reads an entry's line up to its payload. */
  void readPrefix() throws IOException {
    while (text.remaining() < LONGEST_PREFIX && text.fillBehind()) {}
    elapsedMicros = elapsed();
    direction = nextDirection();
  }

  private long elapsed() throws IOException {
    long value = 0;
    int most = Math.min(text.limit, text.position + LONGEST_NUMBER);
    int at = text.position;
    for (; at < most && isFigure(text.buffer[at]); at++) {
      value = 10 * value + text.buffer[at] - '0';
    }
    if (value < 0 || at < text.limit && isFigure(text.buffer[at])) {
      throw longNumber(value);
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

  /** So many digits overflow once at most, and the value is then below 0. */
  private RecordingException longNumber(long value) {
    String most = value < 0 || value > Long.MAX_VALUE / 10
        ? "at most " + Long.MAX_VALUE
        : "at most " + LONGEST_NUMBER + " digits";
    return text.damaged("elapsed_us", quoted(text.field()), most);
  }

  private static boolean isFigure(byte c) {
    return c >= '0' && c <= '9';
  }

  private Direction nextDirection() throws IOException {
    if (text.remaining() >= 4) {
      Direction found = text.buffer[text.position] == 'c' ? Direction.C2S : Direction.S2C;
      if (isAtHand(found)) {
        text.position += 4;
        return found;
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
  private boolean isAtHand(Direction expected) {
    byte[] buffer = text.buffer;
    int at = text.position;
    boolean c2s = expected == Direction.C2S;
    return buffer[at] == (c2s ? 'c' : 's')
        && buffer[at + 1] == '2'
        && buffer[at + 2] == (c2s ? 's' : 'c')
        && buffer[at + 3] == '\t';
  }

  /** Reads a comment; true when it is the line that a recording begins with. */
  boolean isHeader() throws IOException {
    return isHeader(OutputStream.nullOutputStream());
  }

  /** As {@link #isHeader()}; writes the comment to {@code copy}, without its line end. */
  boolean isHeader(OutputStream copy) throws IOException {
    String comment = commentText(copy);
    if (comment.equals(RecordingWriter.HEADER)) {
      return true;
    }
    Matcher accepted = ConversationComments.CONNECTION.matcher(comment);
    if (accepted.matches()) {
      startMicros = Long.parseLong(accepted.group(1));
    }
    if (comment.startsWith(ANY_HEADER)) {
      throw text.damaged("version", quoted(comment.substring(ANY_HEADER.length() - 1)), "v1");
    }
    return false;
  }

  /** Reads to the end of the line; gives its beginning, without white space at the end. */
  private String commentText(OutputStream copy) throws IOException {
    StringBuilder comment = new StringBuilder();
    int c = text.read();
    for (; c != END && !text.endsLine(c); c = text.read()) {
      copy.write(c);
      if (comment.length() < LONGEST_COMMENT) {
        comment.append((char) c);
      }
    }
    if (c == END) {
      text.requireWhole(); // else it may be a version line that says more
    }
    return comment.toString().stripTrailing();
  }

  /** Reads a line of nothing; leaves any other where it is. */
  boolean blank() throws IOException {
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
