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
    /** A header announced more than the format allows. */
    TOO_LONG,
    /** The connection broke. */
    RESET,
    /** The connection to the target could not be made. */
    UNREACHABLE,
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
   * @return true for a length above the cap, and for an end inside a frame
   */
  public boolean isBadFrame() {
    return kind == Kind.CUT || kind == Kind.TOO_LONG;
  }

  /** The text, and the advice if there is some. */
  @Override
  public String toString() {
    return advice.isEmpty() ? text : text + "; " + advice;
  }
}
