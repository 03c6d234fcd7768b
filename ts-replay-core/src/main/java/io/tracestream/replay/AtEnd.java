package io.tracestream.replay;

/** What a {@link ReplayServer} does with a connection once the recording's last entry is played. */
public enum AtEnd {
  /**
   * As recorded, if the recording says who ended first: closes if that was the server, holds if it
   * was the client. Closes if the recording does not say.
   */
  AS_RECORDED,
  /** Ends its sending, and closes the connection when the client has ended too, or 3 s later. */
  CLOSE,
  /** Keeps the connection open until the client ends it. */
  HOLD
}
