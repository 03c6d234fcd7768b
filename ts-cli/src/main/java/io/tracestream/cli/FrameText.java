package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.rules.HexRows;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Shows frames to people: in columns, with the first bytes of their payloads, or whole. Nothing in
 * it reaches a terminal as a control character. For one thread.
 */
final class FrameText {
  /** Bytes of a payload that are shown in a line. */
  static final int SHOWN = 12;
  /** What stands above those that {@link #putBytes} puts. */
  static final String PAYLOAD = "  payload in hex            as text";

  /** Bytes that fit in one row of hex and text. */
  private static final int ROW = 16;

  private static final String HEX = "  hex   ";
  private static final String TEXT = "  text    ";
  private static final String DECODED = "  decoded ";

  private final Decoders decoders;
  /** The line under construction. */
  private final StringBuilder row = new StringBuilder();

  FrameText(Decoders decoders) {
    this.decoders = decoders;
  }

  /** Puts something into the line, as it is. */
  FrameText put(Object text) {
    row.append(text);
    return this;
  }

  /** Puts a number into the right end of a column. */
  FrameText putRight(long number, int width) {
    String digits = Long.toString(number);
    row.append(" ".repeat(Math.max(0, width - digits.length()))).append(digits);
    return this;
  }

  /** Puts twelve bytes from a place on, as hex and as text; nothing if there are none. */
  FrameText putBytes(ByteBuffer payload, int from) {
    int begin = payload.position() + from;
    int count = Math.min(SHOWN, payload.limit() - begin);
    if (count <= 0) {
      return this;
    }
    row.append("  ");
    for (int i = begin; i < begin + count; i++) {
      byte b = payload.get(i);
      row.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    row.append(" ".repeat(2 * (SHOWN - count) + 2));
    byte[] shown = new byte[Math.min(SHOWN + 3, payload.limit() - begin)]; // and the last character
    payload.get(begin, shown);
    HexRows.appendText(row, shown, 0, count);
    return this;
  }

  /** Writes the line, and begins another one. */
  void writeLine(Writer out) throws IOException {
    out.append(row.append('\n'));
    row.setLength(0);
  }

  /**
   * Writes a payload below its line: what decoders make of it and, if it is to be shown whole, all
   * its bytes; text in UTF-8 as text, too, if no decoder knows it.
   */
  void writePayload(Direction direction, byte[] payload, boolean whole, Writer out)
      throws IOException {
    List<String> decoded = decoders.decode(direction, payload);
    if (whole) {
      for (int from = 0; from < payload.length; from = HexRows.next(from)) {
        out.write(HexRows.row(HEX, payload, from, payload.length));
      }
    }
    for (String line : decoded) {
      out.append(DECODED).append(line).append('\n');
    }
    if (whole && decoded.isEmpty()) {
      writeText(payload, out);
    }
  }

  private static void writeText(byte[] payload, Writer out) throws IOException {
    String text = Utf8.decode(payload);
    if (text == null || !VisibleText.isText(text) || isInRows(payload)) {
      return;
    }
    for (String line : (Iterable<String>) text.lines()::iterator) {
      out.append(TEXT).append(VisibleText.line(line)).append('\n');
    }
  }

  /** Whether the rows of hex show it as text as well. */
  private static boolean isInRows(byte[] payload) {
    if (payload.length > ROW) {
      return false;
    }
    for (byte b : payload) {
      if (b < ' ') {
        return false;
      }
    }
    return true;
  }
}
