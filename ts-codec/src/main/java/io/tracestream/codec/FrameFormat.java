package io.tracestream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A protocol's frames: their {@link Framing}, and the largest payload. Immutable, so share it
 * between threads.
 */
public final class FrameFormat {
  /** The most that {@code maxPayloadLength} can be: the longest array that every JVM allows. */
  public static final int LARGEST_PAYLOAD = 2_147_483_639;

  /** An 8-byte header and payloads of up to 16 MiB. */
  public static final FrameFormat DEFAULT = new FrameFormat(8, 16_777_216);

  /** Eight bytes in one access, big-endian whatever the buffer's own order. */
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The preamble of a format that is for no certain direction. */
  private static final int UNKNOWN = -1;

  private final Framing framing;
  private final int headerLength;
  private final int maxPayloadLength;
  private final int longestPayload;
  /** By how much the length says more than follows it. */
  private final int surplus;
  /** Nothing but a big-endian length and as many bytes: the hot path. */
  private final boolean isPlain;
  /** Bytes of the first frame, which has no length; 0 if it has one; or UNKNOWN. */
  private final int preamble;

  /**
   * Frames that begin with the big-endian length of what follows.
   *
   * @param headerLength bytes of that length, 1 to 16
   * @param maxPayloadLength largest payload taken or sent, in bytes, 0 to
   *     {@value #LARGEST_PAYLOAD}; a short header may lower this further, see
   *     {@link #longestPayload()}
   * @throws IllegalArgumentException if one is out of range; the message names it
   */
  public FrameFormat(int headerLength, int maxPayloadLength) {
    this(Framing.ofLength(headerLength), maxPayloadLength);
  }

  /**
   * Frames of any framing.
   *
   * @param framing where a frame says how long it is
   * @param maxPayloadLength largest payload taken or sent, in bytes, 0 to {@value #LARGEST_PAYLOAD}
   * @throws IllegalArgumentException if that is out of range; the message names it
   */
  public FrameFormat(Framing framing, int maxPayloadLength) {
    this(framing, maxPayloadLength, framing.hasPreamble() ? UNKNOWN : 0);
  }

  private FrameFormat(Framing framing, int maxPayloadLength, int preamble) {
    requireRange("maxPayloadLength", maxPayloadLength, 0, LARGEST_PAYLOAD);
    this.framing = framing;
    this.maxPayloadLength = maxPayloadLength;
    this.preamble = preamble;
    this.headerLength = framing.offset + (isVarint() ? 1 : framing.bytes);
    this.isPlain = framing.isPlain();
    this.surplus = (framing.countsFrame ? headerLength : 0) - framing.adjust;
    this.longestPayload = (int) Math.max(0, Math.min(maxPayloadLength, payload(framing.largest())));
  }

  static void requireRange(String name, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          name + ": found " + found + ", expected " + least + " to " + most);
    }
  }

  /**
   * The frames that a client sends: only the preamble of clients counts.
   *
   * @return for a decoder, reader or writer of that direction; this itself without preambles
   */
  public FrameFormat ofClient() {
    return withPreamble(framing.clientPreamble);
  }

  /**
   * The frames that a server sends: only the preamble of servers counts.
   *
   * @return for a decoder, reader or writer of that direction; this itself without preambles
   */
  public FrameFormat ofServer() {
    return withPreamble(framing.serverPreamble);
  }

  private FrameFormat withPreamble(int bytes) {
    return bytes == preamble ? this : new FrameFormat(framing, maxPayloadLength, bytes);
  }

  /**
   * Where a frame says how long it is.
   *
   * @return the framing
   */
  public Framing framing() {
    return framing;
  }

  /**
   * Where the length ends in a frame.
   *
   * @return bytes from the frame's beginning to the end of its length field, 1 or more; to its
   *     first byte if it is a varint, whose end only that shows
   */
  public int headerLength() {
    return headerLength;
  }

  /**
   * The largest payload taken or sent.
   *
   * @return bytes, 0 to {@value #LARGEST_PAYLOAD}
   */
  public int maxPayloadLength() {
    return maxPayloadLength;
  }

  /**
   * The longest payload that can be sent: {@code maxPayloadLength}, or less if the length field
   * cannot hold that number.
   *
   * @return bytes; at most 255 with a 1-byte header, 65 535 with 2 bytes, 16 777 215 with 3
   */
  public int longestPayload() {
    return longestPayload;
  }

  /**
   * How many bytes {@link #putHeader} may put.
   *
   * @return the {@link #headerLength()}; up to 4 more for a varint
   */
  public int mostHeaderLength() {
    return framing.offset + framing.bytes;
  }

  private boolean isVarint() {
    return framing.form == Framing.Form.VARINT;
  }

  /** Bytes before the end of the length field that belong to the payload. */
  private int inPayload() {
    return framing.offset + (framing.mask == 0 ? 0 : framing.bytes);
  }

  /** This, if it is for one direction. */
  FrameFormat requireDirection() {
    if (preamble == UNKNOWN) {
      throw new IllegalArgumentException(
          "format: its framing has a preamble, which is of one direction: use ofClient() or"
              + " ofServer()");
    }
    return this;
  }

  // Decoding.

  /**
   * How long the frame is that begins at index {@code at} of {@code in}, up to the limit.
   *
   * @param offset where it begins in the stream: for the error, and for a preamble
   * @return bytes; 0 if the end of its length field has not come
   */
  long frameLength(ByteBuffer in, int at, long offset) throws FrameException {
    if (isPlain) {
      return in.limit() - at < headerLength ? 0 : headerLength + (long) length(in, at, offset);
    }
    if (isPreamble(offset)) {
      return preamble;
    }
    int head = head(in, at, offset);
    return head == 0 ? 0 : head + following(in, at, head, offset);
  }

  /** The payload length that a plain header announces. */
  private int length(ByteBuffer in, int at, long offset) throws FrameException {
    if (headerLength <= 8 && in.limit() - at >= 8) {
      long length = (long) EIGHT_BYTES.get(in, at) >>> 64 - 8 * headerLength;
      // Below 0 is a length of 2^63 or more: the loop refuses it as it does any above the cap.
      if (length >= 0 && length <= maxPayloadLength) {
        return (int) length;
      }
    }
    long length = 0;
    for (int i = at; i < at + headerLength; i++) {
      length = length << 8 | in.get(i) & 0xff;
      // Checked at each byte: a 16-byte header would overflow a long before its last one.
      if (length > maxPayloadLength) {
        throw tooLong(in, at, headerLength, new BigInteger(1, bytes(in, at, headerLength)), offset);
      }
    }
    return (int) length;
  }

  /** Bytes up to the end of the length field; 0 if that has not come, and of a preamble. */
  int head(ByteBuffer in, int at, long offset) throws FrameException {
    if (isPreamble(offset)) {
      return 0;
    }
    int available = in.limit() - at;
    if (!isVarint()) {
      return available < headerLength ? 0 : headerLength;
    }
    for (int i = framing.offset; i < available; i++) {
      if (in.get(at + i) >= 0) {
        return i + 1;
      }
      if (i + 1 == mostHeaderLength()) {
        throw FrameException.badLength(
            offset, "a varint of more than " + framing.bytes + " bytes", "at most 4294967295");
      }
    }
    return 0;
  }

  /** How long the payload is of a frame whose length field says that number. */
  private long payload(long says) {
    return says - surplus + inPayload();
  }

  /** How many bytes follow the length field. */
  private long following(ByteBuffer in, int at, int head, long offset) throws FrameException {
    int from = at + framing.offset;
    int count = head - framing.offset;
    long says = number(in, from, count, offset);
    if (says < surplus) {
      throw FrameException.badLength(offset, String.valueOf(says), "at least " + surplus);
    }
    if (payload(says) > maxPayloadLength) {
      BigInteger exact = framing.form == Framing.Form.BINARY
          ? binary(bytes(in, from, count))
          : BigInteger.valueOf(says);
      throw tooLong(in, from, count, exact.add(BigInteger.valueOf(payload(0))), offset);
    }
    return says - surplus;
  }

  /** What the length field says; {@link Framing#LARGEST} for all that is more than that. */
  private long number(ByteBuffer in, int from, int count, long offset) throws FrameException {
    long number = 0;
    for (int i = 0; i < count; i++) {
      int next = in.get(from + (isLowFirst() ? count - 1 - i : i));
      switch (framing.form) {
        case BINARY -> number = number << 8 | next & 0xff;
        case VARINT -> number = number << 7 | next & 0x7f;
        case ASCII -> {
          if (next < '0' || next > '9') {
            throw notDigits(in, from, count, count + " digits", offset);
          }
          number = 10 * number + next - '0';
        }
        case BCD -> {
          if ((next & 0xf0) > 0x90 || (next & 0xf) > 9) {
            throw notDigits(in, from, count, 2 * count + " packed digits", offset);
          }
          number = 100 * number + 10 * (next >> 4 & 0xf) + (next & 0xf);
        }
      }
      number = framing.mask == 0 ? Math.min(number, Framing.LARGEST) : number;
    }
    return framing.mask == 0 ? number : number & framing.mask;
  }

  private boolean isLowFirst() {
    return framing.little || isVarint();
  }

  private static FrameException notDigits(
      ByteBuffer in, int from, int count, String expected, long offset) {
    String found = "0x" + HexFormat.of().formatHex(bytes(in, from, count));
    return FrameException.badLength(offset, found, expected);
  }

  private BigInteger binary(byte[] bytes) {
    if (framing.little) {
      reverse(bytes);
    }
    BigInteger number = new BigInteger(1, bytes);
    return framing.mask == 0 ? number : number.and(BigInteger.valueOf(framing.mask));
  }

  private static byte[] bytes(ByteBuffer in, int from, int count) {
    byte[] bytes = new byte[count];
    in.get(from, bytes);
    return bytes;
  }

  private static void reverse(byte[] bytes) {
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      byte swapped = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = swapped;
    }
  }

  /** A header that announces too much, and what else its bytes could be. */
  private FrameException tooLong(
      ByteBuffer in, int from, int count, BigInteger found, long offset) {
    byte[] field = bytes(in, from, count);
    String hint = "";
    if (framing.form == Framing.Form.BINARY && count >= 4 && count <= 8) {
      boolean isText = true;
      for (byte b : field) {
        isText &= b >= ' ' && b < 0x7f;
      }
      byte[] turned = field.clone();
      reverse(turned);
      BigInteger other = new BigInteger(1, turned);
      String hex = "0x" + HexFormat.of().formatHex(field);
      if (isText) {
        hint = " (" + hex + ", the text \"" + new String(field, StandardCharsets.US_ASCII) + "\")";
      } else if (!framing.little && other.compareTo(BigInteger.valueOf(maxPayloadLength)) <= 0) {
        hint = " (" + hex + ", which is " + other + " in little-endian)";
      }
    }
    return FrameException.tooLong(offset, found + hint, maxPayloadLength);
  }

  /** Whether the payload of a frame is just what follows its length field. */
  boolean isPayloadLast(long offset) {
    return inPayload() == 0 && !isPreamble(offset);
  }

  private boolean isPreamble(long offset) {
    return preamble > 0 && offset == 0;
  }

  /**
   * Copies the bytes of a frame's payload that stand before the end of its length field.
   *
   * @param in the frame's beginning at index {@code at}
   * @param head bytes up to the end of the length field
   */
  void copyHead(ByteBuffer in, int at, int head, long offset, ByteBuffer to) {
    if (isPreamble(offset)) {
      return;
    }
    int start = to.position();
    int count = framing.mask == 0 ? framing.offset : head;
    to.put(start, in, at, count);
    to.position(start + count);
    if (framing.mask != 0) {
      for (int i = 0; i < framing.bytes; i++) {
        int index = start + framing.offset + i;
        to.put(index, (byte) (to.get(index) & ~maskByte(i)));
      }
    }
  }

  /** The bits of the length in that byte of the length field. */
  private int maskByte(int i) {
    return (int) (framing.mask >>> shift(i)) & 0xff;
  }

  /** Where that byte of a binary length field stands in its number, in bits. */
  private int shift(int i) {
    return 8 * (framing.little ? i : framing.bytes - 1 - i);
  }

  // Encoding.

  /**
   * Puts the beginning of a frame, up to the end of its length field, at the position of
   * {@code to}, and moves that position. The rest of the frame is what is then left of the payload.
   *
   * @param to a buffer with room for {@link #mostHeaderLength()} bytes
   * @param payload the frame's payload; its position moves past the bytes that stand before the end
   *     of the length field
   * @param offset bytes of the stream in the frames before it
   * @throws FrameException if there is no frame with that payload; no position has moved
   */
  public void putHeader(ByteBuffer to, ByteBuffer payload, long offset) throws FrameException {
    int length = payload.remaining();
    if (isPreamble(offset)) {
      if (length != preamble) {
        throw FrameException.cannotSend(
            offset, "found " + length + " bytes, expected " + preamble + ", the preamble");
      }
      return;
    }
    requireSendable(payload, offset);
    if (isPlain) {
      putPlainHeader(to, length);
      return;
    }
    int before = framing.offset;
    to.put(to.position(), payload, payload.position(), before);
    to.position(to.position() + before);
    payload.position(payload.position() + before);
    long following = length - (long) inPayload();
    putLength(to, payload, following + surplus);
  }

  void putPlainHeader(ByteBuffer to, int payloadLength) {
    for (int i = headerLength - 1; i >= 0; i--) {
      to.put((byte) (i < Integer.BYTES ? payloadLength >>> 8 * i : 0));
    }
  }

  private void requireSendable(ByteBuffer payload, long offset) throws FrameException {
    int length = payload.remaining();
    if (length > longestPayload) {
      throw FrameException.tooLongToSend(offset, length, this);
    }
    int least = inPayload() + Math.max(0, -surplus);
    if (length < least) {
      throw FrameException.cannotSend(
          offset,
          "found " + length + " bytes, expected at least " + least + ", as the framing is "
              + framing);
    }
    if (framing.mask != 0) {
      for (int i = 0; i < framing.bytes; i++) {
        if ((payload.get(payload.position() + framing.offset + i) & maskByte(i)) != 0) {
          throw FrameException.cannotSend(
              offset,
              "found a length in its bytes from " + framing.offset
                  + " on, expected zeros there: the length is computed again");
        }
      }
    }
  }

  private void putLength(ByteBuffer to, ByteBuffer payload, long number) {
    switch (framing.form) {
      case BINARY -> {
        for (int i = 0; i < framing.bytes; i++) {
          int shift = shift(i);
          int kept = framing.mask == 0 ? 0 : payload.get();
          to.put((byte) ((shift < 64 ? number >>> shift : 0) | kept));
        }
      }
      case ASCII -> {
        for (long unit = Framing.power(10, framing.bytes - 1); unit > 0; unit /= 10) {
          to.put((byte) ('0' + number / unit % 10));
        }
      }
      case BCD -> {
        for (long unit = Framing.power(100, framing.bytes - 1); unit > 0; unit /= 100) {
          long pair = number / unit % 100;
          to.put((byte) (pair / 10 << 4 | pair % 10));
        }
      }
      case VARINT -> {
        long rest = number;
        for (; rest > 0x7f; rest >>>= 7) {
          to.put((byte) (rest | 0x80));
        }
        to.put((byte) rest);
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FrameFormat that
        && framing.equals(that.framing)
        && maxPayloadLength == that.maxPayloadLength
        && preamble == that.preamble;
  }

  @Override
  public int hashCode() {
    return Objects.hash(framing, maxPayloadLength, preamble);
  }

  @Override
  public String toString() {
    return framing + ", payloads of at most " + maxPayloadLength + " bytes";
  }
}
