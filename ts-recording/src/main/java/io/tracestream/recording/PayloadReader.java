package io.tracestream.recording;

import static io.tracestream.recording.RecordingText.END;
import static io.tracestream.recording.RecordingText.quoted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads the last field of an entry's line: hex digits up to the line's end. */
final class PayloadReader {
  private static final int FIRST_LENGTH = 256;

  private final RecordingText text;
  private final int maxPayloadLength;
  /** Begins with the payload that was read last; grows with the digits that have come. */
  private ByteBuffer payload = ByteBuffer.allocate(0);

  private int payloadLength;

  PayloadReader(RecordingText text, int maxPayloadLength) {
    this.text = text;
    this.maxPayloadLength = maxPayloadLength;
  }

  /** Decodes up to the end of the line. */
  void read() throws IOException {
    payloadLength = 0;
    do {
      payloadLength += decode(payloadLength);
    } while (text.remaining() < 2 && text.fillBehind());
    readEnd(payloadLength);
  }

  /** The payload that was read last, whole, whatever became of the view before. */
  ByteBuffer payload() {
    return payload.clear().limit(payloadLength);
  }

  /**
   * Reads as {@link #read} does, and refuses what that refuses, but keeps nothing.
   *
   * @return how long the payload is
   */
  int skip() throws IOException {
    int length = 0;
    do {
      int count = HexDecoder.count(text.buffer, text.position, pairsAtHand(length));
      text.position += 2 * count;
      length += count;
    } while (text.remaining() < 2 && text.fillBehind());
    readEnd(length);
    return length;
  }

  private int decode(int length) {
    int pairs = pairsAtHand(length);
    if (payload.capacity() - length < pairs) {
      grow(length + pairs);
    }
    int count = HexDecoder.decode(text.buffer, text.position, pairs, payload.array(), length);
    text.position += 2 * count;
    return count;
  }

  /** How many bytes the text at hand can hold, behind {@code length} of them: up to the cap. */
  private int pairsAtHand(int length) {
    return Math.min(text.remaining() / 2, maxPayloadLength - length);
  }

  private void grow(int needed) {
    long wanted = Math.max(needed, Math.max(FIRST_LENGTH, 2L * payload.capacity()));
    payload =
        ByteBuffer.wrap(Arrays.copyOf(payload.array(), (int) Math.min(wanted, maxPayloadLength)));
  }

  /** Behind so many bytes the digits ended, or there may be no more of them. */
  private void readEnd(int length) throws IOException {
    int c = text.read();
    if (c == END) {
      text.requireWhole(); // else there may have been more digits
      return;
    }
    if (text.endsLine(c)) {
      return;
    }
    if (!HexDecoder.isDigit(c)) {
      throw badDigit(2L * length, c);
    }
    if (text.peek() == END) {
      throw text.cutOff();
    }
    int after = text.read();
    if (HexDecoder.isDigit(after)) {
      throw tooLong();
    }
    if (!text.endsLine(after)) {
      throw badDigit(2L * length + 1, after);
    }
    throw text.damaged("payload", 2L * length + 1 + " hex digits", "an even number");
  }

  private RecordingException tooLong() {
    return text.error("payload: found more than " + maxPayloadLength + " bytes, expected at most "
        + maxPayloadLength + "; raise the largest payload or correct the line");
  }

  private RecordingException badDigit(long index, int found) {
    String digit = quoted("" + (char) (found & 0xff));
    return text.damaged("payload", digit + " as digit " + (index + 1), "0-9 and a-f");
  }
}
