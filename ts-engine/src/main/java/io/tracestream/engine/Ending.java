package io.tracestream.engine;

/**
 * Why no more frames come from a socket.
 *
 * @param kind in one word
 * @param text what happened, in a clause for a log line; for a frame that is wrong or cut, with its
 *     byte offset in the stream
 */
public record Ending(Kind kind, String text) {

  /** Why, in one word. */
  public enum Kind {
    /** The peer ended its sending between two frames: normal. */
    ENDED,
    /** The peer ended its sending inside a frame. */
    CUT,
    /** A header announced more than the format allows. */
    TOO_LONG,
    /** The connection broke. */
    RESET,
    /** The target could not be connected to. */
    UNREACHABLE,
    /** It kept more memory for longer than others, while memory was short. */
    HOARDED
  }

  /**
   * Whether the peer just ended its sending, so that its frames are complete.
   *
   * @return false for all that is an error
   */
  public boolean isClean() {
    return kind == Kind.ENDED;
  }

  /**
   * Whether what came is no run of whole frames.
   *
   * @return true for a length above the cap and an end inside a frame
   */
  public boolean isBadFrame() {
    return kind == Kind.CUT || kind == Kind.TOO_LONG;
  }
}
