package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a session first departed from the recording. Immutable, but for the payloads, which are not
 * copied: leave them as they are.
 */
public final class Mismatch implements Cloneable {
  /** How much of each side one line shows, in bytes. */
  private static final int SHOWN = 16;
  /** A field that varies is at most as long as the longest ids are: a UUID's text. */
  private static final int LONGEST_FIELD = 36;

  // Set before anybody else sees the object, and never again.
  private final Kind kind;
  private final long connection;
  private final InetSocketAddress peer;
  private final Rules rules;
  private Place place;
  private Entry expected;
  private byte[] found;
  private String reason;
  private Nearby nearby;
  private boolean afterOurEnd;

  /** What came in the place of the entry. */
  public enum Kind {
    /** Another frame. */
    DIFFERENT_FRAME,
    /** The frame that was expected, before the frame of ours that it answers was sent. */
    TOO_EARLY,
    /** A frame behind the recording's end. */
    EXTRA_FRAME,
    /** The end of what the peer sends. */
    EARLY_END,
    /** Bytes that are no frame: a length above the cap, or an end inside a frame. */
    BAD_FRAME,
    /** The connection broke. */
    CONNECTION_LOST,
    /** A frame of ours could not be sent: the other side had left, or did not read. */
    NOT_TAKEN,
    /** Nothing, for as long as it was waited for. */
    NOTHING_CAME,
    /** A connection, when all conversations had been begun. */
    EXTRA_CONNECTION
  }

  private Mismatch(Kind kind, long connection, InetSocketAddress peer, Rules rules) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.connection = connection;
    this.peer = Objects.requireNonNull(peer, "peer");
    this.rules = Objects.requireNonNull(rules, "rules");
  }

  /**
   * A mismatch, of which the place is to be said at least.
   *
   * @param kind what came in the place of the entry
   * @param connection the connection's number, from 1
   * @param peer the address of the side that departed
   * @param place the entry that was expected
   * @param rules what was not compared
   * @return the mismatch
   */
  public static Mismatch of(
      Kind kind, long connection, InetSocketAddress peer, Place place, Rules rules) {
    Mismatch mismatch = new Mismatch(kind, connection, peer, rules);
    mismatch.place = Objects.requireNonNull(place, "place");
    return mismatch;
  }

  private Mismatch with(Consumer<Mismatch> change) {
    try {
      Mismatch copy = (Mismatch) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * This, with the entry that was expected.
   *
   * @param entry with live values where rules copy them; null behind the last entry
   * @return the changed copy
   */
  public Mismatch withExpected(Entry entry) {
    return with(copy -> copy.expected = entry);
  }

  /**
   * This, with the frame that came.
   *
   * @param payload its payload; null when none came
   * @return the changed copy
   */
  public Mismatch withFound(byte[] payload) {
    return with(copy -> copy.found = payload);
  }

  /**
   * This, with what came instead of a frame.
   *
   * @param words in words; null when a frame came
   * @return the changed copy
   */
  public Mismatch withReason(String words) {
    return with(copy -> copy.reason = words);
  }

  /**
   * This, with the entry nearby that the frame equals.
   *
   * @param entry that entry; null when there is none
   * @return the changed copy
   */
  public Mismatch withNearby(Nearby entry) {
    return with(copy -> copy.nearby = entry);
  }

  /**
   * This, with what we had done before.
   *
   * @param after whether it came after we had ended our sending, or closed an earlier connection of
   *     the peer's, because the recording had ended
   * @return the changed copy
   */
  public Mismatch withAfterOurEnd(boolean after) {
    return with(copy -> copy.afterOurEnd = after);
  }

  /**
   * What came in the place of the entry.
   *
   * @return in one word
   */
  public Kind kind() {
    return kind;
  }

  /**
   * The connection's number.
   *
   * @return from 1
   */
  public long connection() {
    return connection;
  }

  /**
   * The side that departed.
   *
   * @return its address
   */
  public InetSocketAddress peer() {
    return peer;
  }

  /**
   * The entry that was expected.
   *
   * @return its place
   */
  public Place place() {
    return place;
  }

  /**
   * The entry that was expected, with live values where rules copy them.
   *
   * @return the entry; null behind the last one
   */
  public Entry expected() {
    return expected;
  }

  /**
   * The payload of the frame that came.
   *
   * @return the payload; null when none did
   */
  public byte[] found() {
    return found;
  }

  /**
   * What came instead of a frame.
   *
   * @return in words; null when a frame did
   */
  public String reason() {
    return reason;
  }

  /**
   * The entry nearby that the frame equals.
   *
   * @return the entry; null when there is none
   */
  public Nearby nearby() {
    return nearby;
  }

  /**
   * Whether it came after our own end.
   *
   * @return true after we had ended our sending, or closed an earlier connection of the peer's,
   *     because the recording had ended
   */
  public boolean afterOurEnd() {
    return afterOurEnd;
  }

  /**
   * What was not compared.
   *
   * @return the rules
   */
  public Rules rules() {
    return rules;
  }

  /** Memory that the payloads take, in bytes. */
  long payloadBytes() {
    return (found == null ? 0 : found.length) + (expected == null ? 0L : expected.payload().length);
  }

  /**
   * The first byte that differs and is compared.
   *
   * @return its offset in the payload, from 0; where one side is a beginning of the other, the
   *     length of the shorter one; -1 unless there are two payloads to compare
   */
  public int offset() {
    return expected == null || found == null
        ? -1
        : comparer().difference(ByteBuffer.wrap(expected.payload()), ByteBuffer.wrap(found));
  }

  /**
   * The field that could be ignored: where the payloads are of one length and differ in few bytes
   * that stand together, as those of an id or a time do.
   *
   * @return the field from the first to the last byte that differs; null where the difference has
   *     another shape
   */
  public Field varying() {
    byte[] payload = expected == null ? null : expected.payload();
    if (found == null || payload == null || found.length != payload.length) {
      return null;
    }
    Comparer comparer = comparer();
    int first = -1;
    int last = -1;
    for (int at = 0; at < found.length; at++) {
      if (payload[at] != found[at] && comparer.isCompared(ByteBuffer.wrap(payload), at)) {
        // A byte of an id is equal by chance at times; two in a row, or other fields, are not one.
        if (first >= 0 && at - last > 2) {
          return null;
        }
        first = first < 0 ? at : first;
        last = at;
      }
    }
    int length = last + 1 - first;
    return first < 0 || length > LONGEST_FIELD || length == found.length
        ? null
        : Field.of(place.direction(), first, length);
  }

  /**
   * What may help, where that is a matter of a setting.
   *
   * @return the hint; null when there is none
   */
  public Hint hint() {
    boolean fromClient = place.direction() == Direction.C2S;
    return switch (kind) {
      case DIFFERENT_FRAME -> nearby == null && varying() != null ? Hint.IGNORE_FIELD : null;
      case BAD_FRAME -> Hint.CHECK_FORMAT;
      case NOTHING_CAME -> fromClient ? Hint.LONGER_IDLE_TIMEOUT : Hint.LONGER_REPLY_TIMEOUT;
      case EXTRA_FRAME -> afterOurEnd && fromClient ? Hint.HOLD_AT_END : null;
      case EXTRA_CONNECTION -> afterOurEnd ? Hint.HOLD_AT_END : Hint.REPEAT;
      case EARLY_END -> fromClient && place.entry() > 1 ? Hint.RECORD_EACH_CONNECTION : null;
      default -> null;
    };
  }

  /** The peer as it is written on the command line. */
  String peerAddress() {
    String host = peer.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + peer.getPort();
  }

  Comparer comparer() {
    return new Comparer(rules, place.direction());
  }

  /**
   * All that is known of the mismatch, for a person: where, what was expected and found with the
   * bytes around the difference, and what can be done but for settings.
   *
   * @param context how many bytes to show on either side of the first difference, 0 or more
   * @param colours whether to mark bytes with the colours of a terminal, too
   * @return some lines, without a line end behind the last
   */
  public String explain(int context, boolean colours) {
    return explain(context, colours, hint -> null);
  }

  /**
   * As {@link #explain(int, boolean)}, and what can be done with a setting.
   *
   * @param context how many bytes to show on either side of the first difference, 0 or more
   * @param colours whether to mark bytes with the colours of a terminal, too
   * @param words puts {@link #hint} in words, in one line; null for none
   * @return some lines, without a line end behind the last
   */
  public String explain(int context, boolean colours, Function<Hint, String> words) {
    return new Explanation(this, context, colours, words).toString();
  }

  /**
   * The mismatch in one line: where, what was found, what was expected.
   *
   * @return the line, without a line end
   */
  @Override
  public String toString() {
    String where = place.isEnd() ? place.recording() : place.recording() + ":" + place.line();
    return "connection " + connection + " " + place.direction() + " entry " + place.entry() + " "
        + where + ": found " + (found == null ? reason : shown(found)) + ", expected "
        + (expected == null ? "the end, as the recording is over" : shown(expected.payload()))
        + (offset() < 0 ? "" : "; first difference at payload byte " + offset());
  }

  /** The length, and the bytes around the first difference. */
  private String shown(byte[] payload) {
    int from = Math.max(0, Math.min(offset(), payload.length) - SHOWN / 2);
    int to = Math.min(payload.length, from + SHOWN);
    String hex = HexFormat.of().formatHex(payload, from, to);
    String text = payload.length == 0
        ? ""
        : " " + (from > 0 ? ".." : "") + hex + (to < payload.length ? ".." : "");
    return payload.length + " bytes" + text;
  }
}
