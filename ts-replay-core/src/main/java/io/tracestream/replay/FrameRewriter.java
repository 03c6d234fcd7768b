package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes what no rule can copy, such as a MAC or the answer to a challenge: it gets each recorded
 * payload and returns the one to send or, for frames of the other side, the one to expect.
 *
 * <pre>
 *   FrameRewriter signed = frame -> {
 *     byte[] payload = frame.payload();
 *     byte[] mac = hmac(key, payload, payload.length - 32); // over all but the last 32 bytes
 *     System.arraycopy(mac, 0, payload, payload.length - 32, 32);
 *     return payload;
 *   };
 *   ReplayConfig.of(address, file).withRewriter(signed);
 * </pre>
 *
 * <p>What it returns depends on the {@link Frame} alone: it may be asked several times about a
 * frame, and about frames that are not sent or expected in the end. What an earlier frame of a
 * connection gave, such as a session key, may be kept by {@link Frame#connection}: in a recording
 * that is played in its order, nobody asks about a frame before those ahead of it have passed.
 *
 * <p>Threads: one object serves all connections, which are on several threads, so calls may run at
 * the same time. State that changes needs a lock or a concurrent collection; a
 * {@code javax.crypto.Mac}, for one, has to be made for each call or each thread. A call stops all
 * connections of its thread for as long as it takes: do not wait for anything in it.
 *
 * <p>Other lengths: a payload may be longer or shorter than the one given. Rules find their fields
 * where these would be in the given one, so a part that changes its length has to follow them, or
 * their offsets have to count from the end.
 *
 * <p>Where it throws an exception, or returns null or a payload longer than the format of the
 * frames allows, the session breaks, with one line that names the entry.
 */
@FunctionalInterface
public interface FrameRewriter {
  /**
   * Computes a payload.
   *
   * @param frame the frame as it would be without this
   * @return its payload; may be the given array, changed or not. Not to be changed later
   * @throws Exception for any reason; ends the session
   */
  byte[] rewrite(Frame frame) throws Exception;

  /** A frame that is about to be sent, or is expected. Immutable. */
  final class Frame {
    private final long connection;
    private final String recording;
    private final long entry;
    private final Direction direction;
    private final ByteBuffer payload;
    private final @Nullable ByteBuffer latest;

    Frame(
        long connection,
        String recording,
        long entry,
        Direction direction,
        ByteBuffer payload,
        @Nullable ByteBuffer latest) {
      this.connection = connection;
      this.recording = Objects.requireNonNull(recording);
      this.entry = entry;
      this.direction = direction;
      this.payload = payload;
      this.latest = latest;
    }

    /**
     * The connection's number, as in log lines and results.
     *
     * @return from 1; 0 while recordings are compared with each other, before any client is there
     */
    public long connection() {
      return connection;
    }

    /**
     * The recording that the entry is in.
     *
     * @return the name of its file
     */
    public String recording() {
      return recording;
    }

    /**
     * The entry's number.
     *
     * @return from 1, both directions counted
     */
    public long entry() {
      return entry;
    }

    /**
     * Which way the frame goes.
     *
     * @return the entry's direction
     */
    public Direction direction() {
      return direction;
    }

    /**
     * The recorded payload with the live values that rules copy into it. While a frame that came is
     * compared, it also has the bytes of that one which rules leave open, so that a MAC over them
     * can be checked.
     *
     * @return a copy, to be changed freely
     */
    public byte[] payload() {
      return bytes(payload);
    }

    /**
     * The latest frame of the other direction before this one, as it was live: to a reply, its
     * request.
     *
     * @return a copy of its payload; null when there was none
     */
    public byte @Nullable [] latest() {
      return latest == null ? null : bytes(latest);
    }

    private static byte[] bytes(ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
  }
}
