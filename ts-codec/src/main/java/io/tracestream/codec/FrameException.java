package io.tracestream.codec;

import java.io.IOException;
import java.math.BigInteger;

/**
 * A byte stream that is not a run of whole frames, or a payload that no frame can carry. The
 * message is one line: the byte offset of the frame in its stream, what was found and what was
 * expected.
 */
public final class FrameException extends IOException {
  private static final long serialVersionUID = 1;

  /** Where the frame begins: bytes of the stream before its header. */
  private final long offset;

  private FrameException(long offset, String message) {
    super("byte " + offset + ": " + message);
    this.offset = offset;
  }

  /**
   * Where the bad frame begins.
   *
   * @return bytes of the stream before its header, from 0
   */
  public long offset() {
    return offset;
  }

  /**
   * A header announced more than is allowed: in most cases the header has another length than the
   * reader assumes.
   */
  static FrameException tooLong(long offset, BigInteger found, int allowed) {
    return new FrameException(
        offset,
        "payload length: found " + found + ", expected at most " + allowed
            + "; check the header length and the largest payload");
  }

  /** A payload to be sent is longer than is allowed, or than its header can express. */
  static FrameException tooLongToSend(long offset, int found, FrameFormat format) {
    return new FrameException(
        offset,
        "payload length: found " + found + ", expected at most " + format.longestPayload()
            + " (header length " + format.headerLength()
            + "); send less or agree on another format");
  }

  /** The stream ended inside a header. */
  static FrameException cutHeader(long offset, long had, int length) {
    return new FrameException(
        offset,
        "found the end after " + had + " of " + length + " header bytes; the sender stopped early");
  }

  /** The stream ended inside a payload. */
  static FrameException cutPayload(long offset, long had, int length) {
    return new FrameException(
        offset,
        "found the end after " + had + " of " + length
            + " payload bytes; the sender stopped early");
  }
}
