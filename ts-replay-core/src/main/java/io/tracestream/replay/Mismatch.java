package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Where a client first departed from the recording.
 *
 * @param connection the connection's number, from 1 in the order of accepting
 * @param recording the recording's file name
 * @param entry the number of the entry that was expected, from 1, both directions counted; at the
 *     recording's end one more than there are
 * @param line that entry's line in the recording, from 1; or 0 at the recording's end
 * @param expected the entry that was expected, or null at the recording's end
 * @param found the payload of the frame that came instead, or null when none did
 * @param reason what came instead of a frame, in words; null when a frame did
 */
public record Mismatch(
    long connection,
    String recording,
    long entry,
    long line,
    Entry expected,
    byte[] found,
    String reason) {

  /** How much of each side a message shows, in bytes. */
  private static final int SHOWN = 16;

  /** Memory that the payloads take, in bytes. */
  long payloadBytes() {
    return (found == null ? 0 : found.length) + (expected == null ? 0L : expected.payload().length);
  }

  /**
   * The first byte that differs.
   *
   * @return its offset in the payload, from 0; where one side is a beginning of the other, the
   *     length of the shorter one; -1 unless there are two payloads to compare
   */
  public int offset() {
    return expected == null || found == null ? -1 : Arrays.mismatch(expected.payload(), found);
  }

  /**
   * The mismatch in one line: where, what was found, what was expected.
   *
   * @return the line, without a line end
   */
  @Override
  public String toString() {
    String where = line > 0 ? recording + ":" + line : recording;
    Direction direction = expected == null ? Direction.C2S : expected.direction();
    return "connection " + connection + " " + direction + " entry " + entry + " " + where
        + ": found "
        + (found == null ? reason : shown(found)) + ", expected "
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

  @Override
  public boolean equals(Object other) {
    return other instanceof Mismatch that
        && connection == that.connection
        && recording.equals(that.recording)
        && entry == that.entry
        && line == that.line
        && Objects.equals(expected, that.expected)
        && Arrays.equals(found, that.found)
        && Objects.equals(reason, that.reason);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        connection, recording, entry, line, expected, Arrays.hashCode(found), reason);
  }
}
