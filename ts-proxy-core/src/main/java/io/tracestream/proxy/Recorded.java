package io.tracestream.proxy;

import io.tracestream.recording.Direction;

/**
 * What was recorded: entries, and the bytes of their payloads.
 *
 * @param fileBytes how long the entries are in their files, and on their way to them
 */
record Recorded(long c2sFrames, long c2sBytes, long s2cFrames, long s2cBytes, long fileBytes) {
  static final Recorded NOTHING = new Recorded(0, 0, 0, 0, 0);

  Recorded plus(Recorded other) {
    return new Recorded(
        c2sFrames + other.c2sFrames,
        c2sBytes + other.c2sBytes,
        s2cFrames + other.s2cFrames,
        s2cBytes + other.s2cBytes,
        fileBytes + other.fileBytes);
  }

  boolean isEmpty() {
    return c2sFrames + s2cFrames == 0;
  }

  /** Frames and bytes of one direction, for people. */
  String shown(Direction direction) {
    return direction == Direction.C2S
        ? ProxyStats.shown(c2sFrames, c2sBytes, direction)
        : ProxyStats.shown(s2cFrames, s2cBytes, direction);
  }
}
