package io.tracestream.replay;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a frame that did not come whole, or that was refused, and what its bytes look
 * like: often the other side uses another header, or does not send frames at all. Immutable.
 */
final class Partial {
  /** Bytes of a frame that say what it is. */
  static final int LOOKED_AT = 64;

  /** Bytes that are shown. */
  private static final int SHOWN = 12;

  /** A length up to this is not suspicious. */
  private static final int MOST_USUAL = 64 * 1024;

  /** How much of a payload is compared with bytes that came without a header. */
  private static final int COMPARED = 8;

  private static final int FEWEST_COMPARED = 4;

  private static final int[] LENGTHS = {4, 2, 8, 1, 3, 16};
  /** What follows a short header is often text, so only these beginnings of text count. */
  private static final Pattern BEGINNING_OF_TEXT =
      Pattern.compile("([A-Z]{3,8}[ \\r\\n]|SSH-|[{<]).*", Pattern.DOTALL);

  private final byte[] beginning;
  private final long came;
  private final boolean isFirst;
  private final FrameFormat format;

  private Partial(byte[] beginning, long came, boolean isFirst, FrameFormat format) {
    this.beginning = beginning;
    this.came = came;
    this.isFirst = isFirst;
    this.format = format;
  }

  /**
   * A frame that did not come whole.
   *
   * @param beginning its first bytes, header included; empty if nothing of it came
   * @param came how many bytes of it came; 0 where all of them are in the beginning
   * @param isFirst whether it is the first frame of its direction
   * @return null if nothing of it came
   */
  static @Nullable Partial of(byte[] beginning, long came, boolean isFirst, FrameFormat format) {
    return beginning.length == 0
        ? null
        : new Partial(beginning, Math.max(came, beginning.length), isFirst, format);
  }

  /** What the bytes look like. */
  private enum Look {
    UNKNOWN,
    TEXT,
    TLS,
    NO_HEADER,
    OTHER_LENGTH,
    LITTLE_ENDIAN,
    COUNTS_HEADER
  }

  /** What the bytes look like, with a length of so many bytes, for a payload of that length. */
  private record Guess(Look look, int lengthBytes, long payloadLength) {
    private static final Guess NONE = new Guess(Look.UNKNOWN, 0, 0);

    private @Nullable Framing framing() {
      return switch (look) {
        case OTHER_LENGTH -> Framing.ofLength(lengthBytes);
        case LITTLE_ENDIAN -> Framing.parse("length=" + lengthBytes + ",order=little");
        case COUNTS_HEADER -> Framing.parse("length=" + lengthBytes + ",counts=frame");
        case UNKNOWN, TEXT, TLS, NO_HEADER -> null;
      };
    }
  }

  /** The framing that the bytes fit; null when nothing speaks for another one. */
  @Nullable
  Framing likelyFraming(@Nullable Entry expected) {
    return guess(expected).framing();
  }

  /** Whether another format might help. */
  boolean mayBeSetRight(@Nullable Entry expected) {
    Guess guess = guess(expected);
    return guess.framing() != null
        || guess.look == Look.UNKNOWN && (isFirst && !isCut(expected) || isRefused());
  }

  /** Whether it is clear that the frames have another format, or that these are not frames. */
  boolean isClear(@Nullable Entry expected) {
    return guess(expected).look != Look.UNKNOWN;
  }

  /** Whether it is the beginning of a frame that is as long as the recorded one: it was cut. */
  private boolean isAsRecorded(@Nullable Entry expected) {
    return expected != null
        && format.framing().isPlain()
        && announced() == expected.payload().length;
  }

  /** Whether it may well be the beginning of a frame. */
  private boolean isCut(@Nullable Entry expected) {
    long length = announced();
    return isAsRecorded(expected) || length >= 0 && length <= MOST_USUAL;
  }

  /** Whether its length was refused, as it is above the maximum or no length. */
  boolean isRefused() {
    try {
      frameLength();
      return false;
    } catch (FrameException e) {
      return true;
    }
  }

  /** The length of the payload, or nearly; -1 if it has not come, or was refused. */
  private long announced() {
    try {
      long length = frameLength();
      return length == 0 ? -1 : Math.max(0, length - format.headerLength());
    } catch (FrameException e) {
      return -1;
    }
  }

  /** The length of a frame after the first one, as that may be a preamble. */
  private long frameLength() throws FrameException {
    FrameDecoder decoder = new FrameDecoder(format.ofClient());
    decoder.skip(1);
    return decoder.frameLength(ByteBuffer.wrap(beginning));
  }

  private Guess guess(@Nullable Entry expected) {
    if (!isFirst || isAsRecorded(expected)) {
      return Guess.NONE;
    }
    if (beginsLikePayload(expected)) {
      return new Guess(Look.NO_HEADER, 0, 0);
    }
    if (isText()) {
      return new Guess(Look.TEXT, 0, 0);
    }
    if (beginning.length >= 3 && beginning[0] == 0x16 && beginning[1] == 3 && beginning[2] <= 4) {
      return new Guess(Look.TLS, 0, 0);
    }
    if (!format.framing().isPlain()) {
      return Guess.NONE;
    }
    long recorded = expected == null ? -1 : expected.payload().length;
    int usual = format.headerLength();
    if (fits(bigEndian(usual) - usual, usual, recorded)) {
      return new Guess(Look.COUNTS_HEADER, usual, bigEndian(usual) - usual);
    }
    for (int length : LENGTHS) {
      if (length != usual && fits(bigEndian(length), length, recorded)) {
        return new Guess(Look.OTHER_LENGTH, length, bigEndian(length));
      }
    }
    if (usual > 1 && fits(littleEndian(usual), usual, recorded)) {
      return new Guess(Look.LITTLE_ENDIAN, usual, littleEndian(usual));
    }
    for (int length : LENGTHS) {
      if (length > 1 && fits(littleEndian(length), length, recorded)) {
        return new Guess(Look.LITTLE_ENDIAN, length, littleEndian(length));
      }
    }
    for (int length : LENGTHS) {
      if (fits(bigEndian(length) - length, length, recorded)) {
        return new Guess(Look.COUNTS_HEADER, length, bigEndian(length) - length);
      }
    }
    return Guess.NONE;
  }

  /** Whether these are the bytes that the recorded payload begins with. */
  private boolean beginsLikePayload(@Nullable Entry expected) {
    byte[] payload = expected == null ? new byte[0] : expected.payload();
    int length = Math.min(payload.length, COMPARED);
    return length >= FEWEST_COMPARED
        && beginning.length >= length
        && Arrays.equals(beginning, 0, length, payload, 0, length);
  }

  /** Whether a frame with that header came whole, or is as long as the recorded one. */
  private boolean fits(long payload, int header, long recorded) {
    return payload >= 0
        && beginning.length >= header
        && (header + payload == came || header > 1 && payload > 0 && payload == recorded);
  }

  /** The number in that many bytes; -1 if there are fewer, or if it is large. */
  private long bigEndian(int bytes) {
    long number = 0;
    for (int at = 0; at < bytes; at++) {
      if (at >= beginning.length || number > Integer.MAX_VALUE) {
        return -1;
      }
      number = number << 8 | beginning[at] & 0xff;
    }
    return number;
  }

  private long littleEndian(int bytes) {
    long number = 0;
    for (int at = bytes - 1; at >= 0; at--) {
      if (at >= beginning.length || number > Integer.MAX_VALUE) {
        return -1;
      }
      number = number << 8 | beginning[at] & 0xff;
    }
    return number;
  }

  private boolean isText() {
    if (beginning.length < 3) {
      return false;
    }
    String text = new String(beginning, StandardCharsets.ISO_8859_1);
    boolean isPrintable = text.chars()
        .limit(Math.max(8, format.headerLength()))
        .allMatch(c -> c >= ' ' && c < 0x7f || c == '\r' || c == '\n' || c == '\t');
    return isPrintable
        && (format.headerLength() > 2 || BEGINNING_OF_TEXT.matcher(text).matches());
  }

  /** What the bytes look like, in a sentence; null when that says nothing. */
  @Nullable
  String words(@Nullable Entry expected) {
    Guess guess = guess(expected);
    String bytes = "the first bytes are " + hex();
    String payload = " with a payload of " + Mismatch.bytes(guess.payloadLength);
    return switch (guess.look) {
      case TEXT ->
        "the first bytes are text, \"" + text() + "\": this is a protocol without such frames";
      case NO_HEADER -> bytes + ": the recorded payload begins with them, so there is no header";
      case TLS -> bytes + ": this is the beginning of a TLS connection";
      case OTHER_LENGTH ->
        bytes + ": that fits a header of " + Mismatch.bytes(guess.lengthBytes) + payload;
      case LITTLE_ENDIAN ->
        bytes + ": that fits a little-endian length of " + Mismatch.bytes(guess.lengthBytes)
            + payload;
      case COUNTS_HEADER ->
        bytes + ": that fits a length of " + Mismatch.bytes(guess.lengthBytes)
            + " that also counts itself," + payload;
      case UNKNOWN -> isFirst && !isCut(expected) ? bytes : null;
    };
  }

  private String hex() {
    byte[] shown = Arrays.copyOf(beginning, Math.min(SHOWN, beginning.length));
    return HexFormat.ofDelimiter(" ").formatHex(shown) + (shown.length < came ? " .." : "");
  }

  /** The first line of it. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (byte value : beginning) {
      if (value < ' ' || value == 0x7f) {
        break;
      }
      text.append(String.format(Locale.ROOT, "%c", value));
    }
    return text.toString();
  }
}
