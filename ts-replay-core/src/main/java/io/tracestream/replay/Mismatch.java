package io.tracestream.replay;

import io.tracestream.recording.Entry;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Where a session first departed from the recording. The payloads are not copied: leave them as
 * they are.
 *
 * @param kind what came in the place of the entry
 * @param connection the connection's number, from 1
 * @param peer the address of the side that departed
 * @param place the entry that was expected
 * @param expected that entry, with live values where rules copy them; null behind the last entry
 * @param found the payload of the frame that came; null when none did
 * @param reason what came instead of a frame, in words; null when a frame did
 * @param nearby the entry nearby that the frame equals; null when there is none
 * @param rules what was not compared
 */
public record Mismatch(
    Kind kind,
    long connection,
    InetSocketAddress peer,
    Place place,
    Entry expected,
    byte[] found,
    String reason,
    Nearby nearby,
    Rules rules) {

  /** What came in the place of the entry. */
  public enum Kind {
    /** Another frame. */
    DIFFERENT_FRAME,
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

  /** How much of each side one line shows, in bytes. */
  private static final int SHOWN = 16;

  /** A connection came when all conversations had been begun. */
  static Mismatch tooMany(
      long connection, InetSocketAddress peer, Playlist playlist, Manner manner) {
    return new Mismatch(
        Kind.EXTRA_CONNECTION,
        connection,
        peer,
        new Place(playlist.toString(), manner.compared(), 1, 0, 0),
        null,
        null,
        "a connection too many: all conversations, " + playlist.size() + ", have been played",
        null,
        manner.rules());
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
    return offset() < 0 || expected.payload().length != found.length
        ? null
        : VaryingField.between(expected.payload(), found, comparer(), place.direction());
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
   * bytes around the difference, and what can be done.
   *
   * @param context how many bytes to show on either side of the first difference, 0 or more
   * @param colours whether to mark bytes with the colours of a terminal, too
   * @return some lines, without a line end behind the last
   */
  public String explain(int context, boolean colours) {
    return new Explanation(this, context, colours).toString();
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
