package io.tracestream.proxy;

import io.tracestream.recording.Direction;
import java.net.InetSocketAddress;
import org.slf4j.LoggerFactory;

/**
 * Called when a connection opens, fails, is rejected or closes, but not for each frame. Calls come
 * on a thread of their own, in order: a listener that blocks holds up only its own next calls, and
 * it may call any method of the proxy. What it throws is logged.
 */
public interface ProxyListener {
  /** Does nothing, except that it logs rejected clients; the default. */
  ProxyListener NONE = new ProxyListener() {
    @Override
    public boolean followsConnections() {
      return false;
    }
  };

  /**
   * Whether {@link #opened} and {@link #closed} are called. Asked once, when the proxy starts: each
   * call wakes up a thread, which counts with thousands of connections a second. If not,
   * {@link Proxy#awaitConnections} does not wait for calls of this listener.
   *
   * @return true, unless overridden
   */
  default boolean followsConnections() {
    return true;
  }

  /**
   * A client has connected; the target will be connected next.
   *
   * @param connection its number, from 1
   * @param client the client's address
   */
  default void opened(long connection, InetSocketAddress client) {}

  /**
   * A connection has failed, for example because its target cannot be reached, or because something
   * other than a frame came. It will be closed soon.
   *
   * @param connection its number
   * @param reason what happened, in one line
   */
  default void failed(long connection, String reason) {}

  /**
   * A connection has failed because not even the first frame in one direction could be read: in
   * most cases the peers frame their messages differently than the proxy expects, or not at all.
   * Follows {@link #failed}.
   *
   * @param connection its number
   * @param direction which way the bytes went
   * @param beginning what was read of them, from the first one on; at most 2048 bytes
   */
  default void notFrames(long connection, Direction direction, byte[] beginning) {}

  /**
   * A client was closed at once, because the proxy records to a single file and another client is
   * still connected. By default this logs a warning that names
   * {@link ProxyConfig#withRecordingDirectory}. Override it to give your users advice in their own
   * terms.
   *
   * @param recorded the number of the connection that is being recorded
   */
  default void rejected(long recorded) {
    LoggerFactory.getLogger(ProxyListener.class)
        .warn(
            "rejected a second client: one file records one client at a time, and connection {} is"
                + " still open; use withRecordingDirectory to record many",
            recorded);
  }

  /**
   * A connection is closed, and its recording has been handed to the operating system.
   *
   * @param connection its number
   */
  default void closed(long connection) {}
}
