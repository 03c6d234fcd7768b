package io.tracestream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The two numbers that define a protocol's frames. Immutable, so share it between threads.
 *
 * @param headerLength bytes of header, 1 to 16
 * @param maxPayloadLength largest payload taken or sent, in bytes, 0 to {@value #LARGEST_PAYLOAD};
 *     a short header may lower this further, see {@link #longestPayload()}
 */
public record FrameFormat(int headerLength, int maxPayloadLength) {
  /** The most that {@code maxPayloadLength} can be: the longest array that every JVM allows. */
  public static final int LARGEST_PAYLOAD = 2_147_483_639;

  /** An 8-byte header and payloads of up to 16 MiB. */
  public static final FrameFormat DEFAULT = new FrameFormat(8, 16_777_216);

  /** Eight bytes in one access, big-endian whatever the buffer's own order. */
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /**
   * Checks both numbers.
   *
   * @param headerLength bytes of header
   * @param maxPayloadLength bytes of payload
   * @throws IllegalArgumentException if one is out of range; the message names it
   */
  public FrameFormat {
    requireRange("headerLength", headerLength, 1, 16);
    requireRange("maxPayloadLength", maxPayloadLength, 0, LARGEST_PAYLOAD);
  }

  /**
   * The longest payload that can be sent: {@code maxPayloadLength}, or less if the header is too
   * short for that number.
   *
   * @return bytes; at most 255 with a 1-byte header, 65 535 with 2 bytes, 16 777 215 with 3
   */
  public int longestPayload() {
    return headerLength > 3
        ? maxPayloadLength
        : Math.min(maxPayloadLength, (1 << 8 * headerLength) - 1);
  }

  /**
   * Puts the header of a payload at the position of {@code to}, and moves the position past it.
   *
   * @param to a buffer with room for {@link #headerLength()} bytes
   * @param payloadLength bytes of payload, 0 to {@link #longestPayload()}: not checked
   */
  public void putHeader(ByteBuffer to, int payloadLength) {
    for (int i = headerLength - 1; i >= 0; i--) {
      to.put((byte) (i < Integer.BYTES ? payloadLength >>> 8 * i : 0));
    }
  }

  /**
   * The payload length that the header at index {@code at} of {@code in} announces.
   *
   * @param offset where that header begins in the stream, for the error
   */
  int payloadLength(ByteBuffer in, int at, long offset) throws FrameException {
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
        throw FrameException.tooLong(offset, headerValue(in, at), maxPayloadLength);
      }
    }
    return (int) length;
  }

  private BigInteger headerValue(ByteBuffer in, int at) {
    byte[] header = new byte[headerLength];
    in.get(at, header);
    return new BigInteger(1, header);
  }

  private static void requireRange(String name, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          name + ": found " + found + ", expected " + least + " to " + most);
    }
  }
}
