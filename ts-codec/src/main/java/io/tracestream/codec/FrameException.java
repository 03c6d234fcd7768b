package io.tracestream.codec;

import java.io.IOException;

/**
 * A byte stream that is not a run of whole frames, or a payload that no frame can carry. The
 * message is one line: the byte offset of the frame in its stream, what was found and what was
 * expected.
 */
public final class FrameException extends IOException {
  private static final long serialVersionUID = 1;

  /** Where the frame begins: bytes of the stream before its header. */
  private final long offset;

  /** Where and what. */
  private final String problem;

  /** The last clause of the message. */
  private final String advice;

  private FrameException(long offset, String problem, String advice) {
    super("byte " + offset + ": " + problem + "; " + advice);
    this.offset = offset;
    this.problem = "byte " + offset + ": " + problem;
    this.advice = advice;
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
   * The last clause of the message: what may have caused it, or what to do about it.
   *
   * @return such as {@code the sender stopped early}
   */
  public String advice() {
    return advice;
  }

  /**
   * The message without the {@link #advice}, for those who have better advice.
   *
   * @return where and what, such as {@code byte 24: found the end after 3 of 8 header bytes}
   */
  public String problem() {
    return problem;
  }

  /**
   * The message without the place in the stream, for a payload with a place of its own, such as a
   * line in a file.
   *
   * @return such as {@code payload: found 1 bytes, expected at least 9; correct it}
   */
  public String withoutOffset() {
    return problem.substring(problem.indexOf(": ") + 2) + "; " + advice;
  }

  /**
   * A header announced more than is allowed: in most cases the header has another length than the
   * reader assumes.
   */
  static FrameException tooLong(long offset, String found, int allowed) {
    return new FrameException(
        offset,
        "payload length: found " + found + ", expected at most " + allowed,
        "check the header length and the largest payload");
  }

  /** A length field that holds no length. */
  static FrameException badLength(long offset, String found, String expected) {
    return new FrameException(
        offset, "length: found " + found + ", expected " + expected, "check the framing");
  }

  /** A payload that no frame has. */
  static FrameException cannotSend(long offset, String problem) {
    return new FrameException(offset, "payload: " + problem, "correct it or the framing");
  }

  /** A payload to be sent is longer than is allowed, or than its header can express. */
  static FrameException tooLongToSend(long offset, int found, FrameFormat format) {
    return new FrameException(
        offset,
        "payload length: found " + found + ", expected at most " + format.longestPayload()
            + " (header length " + format.headerLength() + ")",
        "send less or agree on another format");
  }

  /** The stream ended inside a header. */
  static FrameException cutHeader(long offset, long had, long length) {
    return new FrameException(
        offset,
        "found the end after " + had + " of " + length + " header bytes",
        "the sender stopped early");
  }

  /** The stream ended inside a payload. */
  static FrameException cutPayload(long offset, long had, long length) {
    return new FrameException(
        offset,
        "found the end after " + had + " of " + length + " payload bytes",
        "the sender stopped early");
  }
}
