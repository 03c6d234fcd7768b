package io.tracestream.replay;

import io.tracestream.replay.Mismatch.Kind;

/**
 * What came in the place of an entry.
 *
 * @param kind in one word
 * @param found the payload of the frame that came; null when none did
 * @param reason what came instead of a frame, in words; null when a frame did
 */
record Departure(Kind kind, byte[] found, String reason) {
  static Departure without(Kind kind, String reason) {
    return new Departure(kind, null, reason);
  }
}
