package io.tracestream.replay;

/**
 * An entry nearby, of the same direction, that a frame equals which came in the place of another.
 *
 * @param entry the entry's number, from 1, both directions counted
 * @param line its line in the recording, from 1
 * @param steps how many entries of the direction it is ahead of the expected one; below 0 when it
 *     is back
 */
public record Nearby(long entry, long line, int steps) {}
