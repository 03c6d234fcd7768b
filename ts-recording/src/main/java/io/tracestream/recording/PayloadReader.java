package io.tracestream.recording;

import static io.tracestream.recording.RecordingText.END;
import static io.tracestream.recording.RecordingText.quoted;

import java.io.IOException;
import java.util.Arrays;

/** Reads the last field of an entry's line: hex digits up to the line's end. */
final class PayloadReader {
  private final RecordingText text;
  private final int maxPayloadLength;

  PayloadReader(RecordingText text, int maxPayloadLength) {
    this.text = text;
    this.maxPayloadLength = maxPayloadLength;
  }

  /** Decodes up to the end of the line; the array grows with the digits that have come. */
  byte[] read() throws IOException {
    byte[] payload = new byte[0];
    int length = 0;
    while (true) {
      int count = digitsAtHand() / 2;
      if (length + (long) count > maxPayloadLength) {
        throw text.error(
            "payload: found more than " + maxPayloadLength + " bytes, expected at most "
                + maxPayloadLength + "; raise the largest payload or correct the line");
      }
      if (payload.length - length < count) {
        payload = grown(payload, length, count);
      }
      int bad = Hex.decode(text.buffer, text.position, count, payload, length);
      if (bad >= 0) {
        throw badDigit(2L * length + (bad - text.position), text.buffer[bad]);
      }
      text.position += 2 * count;
      length += count;
      if (text.position + 1 < text.limit || !text.fillBehind()) {
        readEnd(2L * length);
        return length == payload.length ? payload : Arrays.copyOf(payload, length);
      }
    }
  }

  /** How many bytes at hand stand before the line's end: an even number. */
  private int digitsAtHand() {
    byte[] buffer = text.buffer;
    int end = text.position;
    while (end <= text.limit - 8 && Hex.holdsNoLineEnd(buffer, end)) {
      end += 8;
    }
    while (end < text.limit && buffer[end] != '\n' && buffer[end] != '\r') {
      end++;
    }
    return end - text.position & ~1;
  }

  /** Exactly enough when the line's end is in sight, else twice as much. */
  private byte[] grown(byte[] payload, int length, int count) {
    boolean endInSight = text.position + 2 * count < text.limit - 1;
    long wanted =
        endInSight ? length + count : Math.max(2L * payload.length, length + (long) count);
    return Arrays.copyOf(payload, (int) Math.min(wanted, maxPayloadLength));
  }

  private void readEnd(long digits) throws IOException {
    int c = text.read();
    if (c == END || text.endsLine(c)) {
      return;
    }
    if (!Hex.isDigit(c)) {
      throw badDigit(digits, c);
    }
    if (text.peek() == END) {
      throw text.cutOff();
    }
    int after = text.read();
    if (!text.endsLine(after)) {
      throw badDigit(digits + 1, after);
    }
    throw text.damaged("payload", digits + 1 + " hex digits", "an even number");
  }

  private RecordingException badDigit(long index, int found) {
    String digit = quoted("" + (char) (found & 0xff));
    return text.damaged("payload", digit + " as digit " + (index + 1), "0-9 and a-f");
  }
}
