package io.tracestream.replay;

/**
 * A setting that may help against a mismatch. Each front end names settings in its own way, so it
 * puts these in its own words.
 */
public enum Hint {
  /** The frames may have another format: check the header length and the largest payload. */
  CHECK_FORMAT,
  /** The bytes that differ may vary from run to run: use the rules of {@link Mismatch#proposed}. */
  ADD_RULES,
  /**
   * Many bytes differ. To find what varies from run to run, record the conversation again, and
   * learn rules from both recordings.
   */
  LEARN,
  /** The client may need more time than {@link ReplayConfig#idleTimeout}. */
  LONGER_IDLE_TIMEOUT,
  /** The target may need more time than {@link VerifyConfig#replyTimeout}. */
  LONGER_REPLY_TIMEOUT,
  /**
   * The target sends the recorded frames in another order: take them in any order, see
   * {@link VerifyConfig#withOrder}.
   */
  ANY_ORDER,
  /**
   * The target sends the recorded frames in another order: with a copy that ties each reply to its
   * request, they may come in any order.
   */
  TIE_REPLIES,
  /**
   * Another recorded conversation begins with the frame: let frames choose the conversation, see
   * {@link Selection#MATCH}.
   */
  SELECT_MATCH,
  /** The conversations can be played again: see {@link ReplayConfig#withRepeat}. */
  REPEAT,
  /**
   * The client may expect the connection to stay open: do not end it where the recording ends, but
   * hold it until the client ends it.
   */
  HOLD_AT_END,
  /**
   * The client may have made several connections, one after the other, that were recorded to one
   * file: record each to a file of its own.
   */
  RECORD_EACH_CONNECTION
}
