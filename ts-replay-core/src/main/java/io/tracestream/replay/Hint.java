package io.tracestream.replay;

/**
 * What may help against a mismatch, where that is a matter of a setting: each front end calls its
 * settings by other names, so it words these itself.
 */
public enum Hint {
  /** The frames may have another format: see the header's length, and the longest payload. */
  CHECK_FORMAT,
  /**
   * The bytes of {@link Mismatch#varying} may vary from run to run: then a rule is to ignore them.
   */
  IGNORE_FIELD,
  /** The client may need more time than {@link ReplayConfig#idleTimeout}. */
  LONGER_IDLE_TIMEOUT,
  /** The target may need more time than {@link VerifyConfig#replyTimeout}. */
  LONGER_REPLY_TIMEOUT,
  /**
   * The client came back after the recording's end: the connection can be kept open for it, see
   * {@link AtEnd#HOLD}.
   */
  HOLD_AT_END,
  /** The conversations can be played once more: see {@link ReplayConfig#withRepeat}. */
  REPEAT,
  /**
   * The client may have made several connections, one after the other, that were recorded to one
   * file: each is to have a file of its own.
   */
  RECORD_EACH_CONNECTION
}
