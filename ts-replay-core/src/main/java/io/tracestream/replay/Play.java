package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.LiveValues;
import io.tracestream.rules.RulesException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Session} plays: which frames may come, and which frames of ours go out and when. It
 * knows nothing of sockets and timers; the session asks it after each event.
 *
 * <p>Thread: that of its session.
 */
abstract class Play {
  final Role role;
  /** Null where nothing is computed. */
  final @Nullable Rewriting rewriting;
  /** The number of the connection. */
  private long connection;

  private long matched;
  private long compared;
  private long open;
  private long allowed;

  Play(Role role) {
    this.role = role;
    this.rewriting = Rewriting.of(role);
  }

  /** Sets the number of the connection, before it is opened. */
  final void on(long number) {
    connection = number;
  }

  final long connection() {
    return connection;
  }

  /**
   * The connection has been made: opens what is played. {@link #close} follows in any case.
   *
   * @param now a time of {@link System#nanoTime}
   */
  abstract void open(long now) throws IOException;

  /** Why nothing is played on this connection; null if something is. */
  @Nullable
  String refusal() {
    return null;
  }

  // Frames that come.

  /**
   * A frame came.
   *
   * @param frame its payload, lent for this call
   * @return null if it may come now; else what it is instead of an expected frame
   */
  abstract @Nullable Kind came(ByteBuffer frame) throws IOException;

  /** As {@link #came(ByteBuffer)}, for a payload in several buffers. */
  @Nullable
  Kind came(ByteBuffer[] parts) throws IOException {
    return came(joined(parts));
  }

  static ByteBuffer joined(ByteBuffer[] parts) {
    ByteBuffer joined = ByteBuffer.allocate(length(parts));
    for (ByteBuffer part : parts) {
      joined.put(part.duplicate());
    }
    return joined.flip();
  }

  static int length(ByteBuffer[] parts) {
    int length = 0;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    return length;
  }

  /** The payload at a place, with the live values that go into it. */
  static ByteBuffer live(@Nullable LiveValues values, Cursor at, Direction direction)
      throws IOException {
    return values == null ? at.payload() : live(values, at.entriesBefore(), direction, at);
  }

  /** The payload at a place, with the live values that go into the frame of that number. */
  static ByteBuffer live(LiveValues values, long number, Direction direction, Cursor at)
      throws IOException {
    try {
      return values.live(number, direction, at.payload());
    } catch (RulesException e) {
      Place place = at.place(direction);
      throw new IOException(place.recording() + ":" + place.line() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The payload at a place as it is sent.
   *
   * @param live the same with live values
   * @param latest the other side's frame before it; null for none, or where nothing is computed
   */
  final ByteBuffer toSend(Cursor at, ByteBuffer live, @Nullable ByteBuffer latest)
      throws IOException {
    return rewriting == null ? live : rewriting.toSend(connection, at, live, latest);
  }

  /**
   * The first byte in which a frame that came differs from the one that is expected at a place; -1
   * when it does not.
   *
   * @param live the payload there with live values
   * @param latest our frame before it; null as above
   */
  final int difference(Cursor at, ByteBuffer live, @Nullable ByteBuffer latest, ByteBuffer found)
      throws IOException {
    return rewriting == null
        ? role.comparer().difference(at.payload(), live, found)
        : rewriting.difference(connection, at, live, latest, found);
  }

  /** What is expected at a place, for a person; {@code found} is null when nothing came. */
  final ByteBuffer asExpected(
      Cursor at, ByteBuffer live, @Nullable ByteBuffer latest, @Nullable ByteBuffer found)
      throws IOException {
    return rewriting == null ? live : rewriting.asExpected(connection, at, live, latest, found);
  }

  /** A frame, kept for computing others; null where nothing is computed. */
  final @Nullable ByteBuffer kept(ByteBuffer payload) {
    return rewriting == null ? null : Cuts.copyOf(payload);
  }

  /** Counts a frame that came as expected. */
  final void count(ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    int length = found.remaining();
    // A computed payload may be shorter than the recorded one, which these are counted in.
    int left = Math.min(length, role.comparer().openBytes(recorded, expected, found));
    role.use().compared(recorded, found);
    matched++;
    compared += length - left;
    open += left;
  }

  /** Whether a frame may come at any time; then it is counted as such. */
  final boolean countIfAllowed(ByteBuffer frame) {
    boolean is = role.use().allows(frame);
    allowed += is ? 1 : 0;
    return is;
  }

  final long matched() {
    return matched;
  }

  /** Whether so much is kept for frames not yet sent that no more should be read now. */
  boolean isFull() {
    return false;
  }

  // Frames that go out.

  /** Moves to our next frame. Returns false if something has to come before it, or none follows. */
  abstract boolean toNext() throws IOException;

  /** Has recorded time go on from that time of {@link System#nanoTime}, if it is later. */
  void notBefore(long nanos) {}

  /** Sets when that frame is due. Changes nothing the second time. */
  void schedule() throws IOException {}

  /** When the scheduled frame is due, as a time of {@link System#nanoTime}. */
  abstract long due();

  /** Its payload as it goes out; moves on to what follows. */
  abstract ByteBuffer next() throws IOException;

  /** The number of the entry of our next frame, where copies tie replies to requests; else -1. */
  long request() {
    return -1;
  }

  /** The number of the request that the latest frame which came is tied to; -1 for none. */
  long answered() {
    return -1;
  }

  /** The file and line of the entry whose payload was the last that went out. */
  abstract String whereSent() throws IOException;

  // The end.

  /** Whether no more frames are expected. */
  abstract boolean isAtEnd() throws IOException;

  /** What the recording has instead of a next entry; null for an entry or the end. */
  abstract @Nullable RecordingException damage() throws IOException;

  /** Whether our side ends its sending here, though more frames are to come. */
  boolean endsSending() throws IOException {
    return false;
  }

  /**
   * Whether our side may end its sending here, as no frame of ours follows, and the recording does
   * not say when it ended. May read all the rest of the recording.
   */
  boolean mayEndSending() throws IOException {
    return false;
  }

  /** At the end: how the conversation ended; null if the recording does not say so. */
  @Nullable
  RecordedEnd recordedEnd() throws IOException {
    return null;
  }

  final boolean mayEndSending(Cursor from) throws IOException {
    Cursor ahead = from.copy();
    while (ahead.isAtEntry() && ahead.direction() == role.received()) {
      ahead.next();
    }
    return ahead.isAtEnd() && ahead.end() == null;
  }

  /** Whether it is complete here, though more may come: neither side owes the other anything. */
  boolean isComplete() {
    return false;
  }

  /** The other side has ended: whether it may have done so here. Then this is at its end. */
  boolean endHere() throws IOException {
    return false;
  }

  /** All was played to the end: false if only other sessions may have played that conversation. */
  boolean isOwn() {
    return true;
  }

  /** How much longer than usual the expected frame may take, in nanoseconds. */
  abstract long recordedPauseNanos() throws IOException;

  // What is known about it.

  /**
   * Where the play stands, and what is expected there.
   *
   * @param found the payload that came instead; null if none did
   */
  abstract Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, @Nullable ByteBuffer found);

  /** What people should know about a conversation that was played up to that place, at its end. */
  final List<String> notesAtEnd(Cursor at) {
    List<String> notes = new ArrayList<>(0);
    try {
      if (at.isAtEnd()) {
        String file = at.place(role.received()).recording();
        if (at.mayBeCutShort()) {
          notes.add(cutShort(file));
        }
        if (matched == 0) {
          notes.add(file + ": has no " + role.received() + " entry"
              + (role.use().allowsAny() ? " besides those that may come at any time" : "")
              + ", so nothing was compared");
        } else if (at.isAfterRequest()) {
          notes.add(file + ": ends with a request that has no reply");
        }
      }
    } catch (IOException e) {
      // The recording cannot be read now, which is reported elsewhere.
    }
    return notes;
  }

  static String cutShort(String file) {
    return file + ": the last line has no line end; it may have been cut off";
  }

  /** The result with what is known here. */
  SessionResult describe(SessionResult result) {
    return result
        .withRecording(toString())
        .withEntriesMatched(matched)
        .withBytes(compared, open)
        .withAllowedFrames(allowed);
  }

  /** The session is over; frames that are due may still be sent. */
  void leave() {}

  /** The connection is closed. */
  abstract void close();

  /** The recording's name. */
  @Override
  public abstract String toString();
}
