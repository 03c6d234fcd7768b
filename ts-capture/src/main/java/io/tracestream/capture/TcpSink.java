package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes what one TCP connection carried, in the order in which the receivers could read it. Times
 * are microseconds since 1970 and never fall. After {@link #lost}, {@link #reset}, {@link #open}
 * and {@link #dropped} nothing follows.
 */
interface TcpSink {
  /** The first bytes of a direction, which come next, may not be the first that were sent. */
  void withoutStart(Direction direction);

  /** More bytes of a direction; lent for this call. */
  void bytes(Direction direction, long micros, ByteBuffer data) throws IOException;

  /**
   * Bytes of a direction are not in the capture, though they are followed by others or were
   * acknowledged.
   *
   * @param at bytes of that direction before them
   * @param count how many are missing
   */
  void lost(Direction direction, long at, long count) throws IOException;

  /** A side has ended its sending. */
  void ended(Direction direction, long micros) throws IOException;

  /** A side has broken the connection off. */
  void reset(Direction direction, long micros) throws IOException;

  /** Both sides have ended their sending. */
  void closed() throws IOException;

  /** The rest of the connection is not in the capture, or is not read: why, after a colon. */
  void open(String why) throws IOException;

  /** The rest of the connection is not read, though there may be more of it. */
  void dropped(String why) throws IOException;

  /** Bytes of memory that it holds. */
  long held();
}
