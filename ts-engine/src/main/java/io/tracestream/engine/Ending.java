package io.tracestream.engine;

import io.tracestream.codec.FrameException;

/**
 * Why no more frames come from a socket.
 *
 * @param kind the reason in one word
 * @param text what happened, as a clause for a log line; for a bad frame, with its byte offset in
 *     the stream
 * @param advice what may have caused it, or what to do about it; empty for none
 */
public record Ending(Kind kind, String text, String advice) {

  /** The reason in one word. */
  public enum Kind {
    /** The peer ended its sending between two frames: normal. */
    ENDED,
    /** The peer ended its sending inside a frame. */
    CUT,
    /** A header holds no length, or a larger one than the format allows. */
    BAD_LENGTH,
    /** The connection broke. */
    RESET,
    /** A client's TLS handshake failed. */
    HANDSHAKE,
    /** The connection to the target could not be made. */
    UNREACHABLE,
    /** A fault reset the connection. */
    FAULT,
    /** It held more memory for longer than others did, while memory was short. */
    HOARDED
  }

  Ending(Kind kind, String text) {
    this(kind, text, "");
  }

  static Ending badFrame(Kind kind, FrameException e) {
    return new Ending(kind, e.problem(), e.advice());
  }

  /**
   * Whether the peer ended its sending between two frames.
   *
   * @return false for any error
   */
  public boolean isClean() {
    return kind == Kind.ENDED;
  }

  /**
   * Whether the peer sent something that is not a whole frame.
   *
   * @return true for a length that is refused, and for an end inside a frame
   */
  public boolean isBadFrame() {
    return kind == Kind.CUT || kind == Kind.BAD_LENGTH;
  }

  /**
   * Whether the peer ended the connection or broke it.
   *
   * @return false for a bad frame, and for an end that was made on our side
   */
  public boolean isOfPeer() {
    return kind == Kind.ENDED || kind == Kind.RESET;
  }

  /** The text, and the advice if there is some. */
  @Override
  public String toString() {
    return advice.isEmpty() ? text : text + "; " + advice;
  }
}
