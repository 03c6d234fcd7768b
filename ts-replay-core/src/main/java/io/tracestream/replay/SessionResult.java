package io.tracestream.replay;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How one session ended.
 *
 * @param connection the connection's number, from 1 in the order of accepting
 * @param peer the other side's address
 * @param recording the name of what was played; null when nothing was
 * @param outcome in one word
 * @param entriesMatched how many frames came that were expected
 * @param longestLateness by how much the latest frame was sent behind its time; zero where all were
 *     sent at once
 * @param took from the connection's start to the end of its play
 * @param mismatch where the other side departed from the recording; null unless it did
 * @param damage what kept the play from going on, in one line; null unless something did
 */
public record SessionResult(
    long connection,
    InetSocketAddress peer,
    String recording,
    Outcome outcome,
    long entriesMatched,
    Duration longestLateness,
    Duration took,
    Mismatch mismatch,
    String damage) {

  /** How a session ended, in one word. */
  public enum Outcome {
    /** The other side did all that was recorded, and no more. */
    MATCHED,
    /** There is a mismatch. */
    DIFFERED,
    /** It was stopped before its end. */
    INCOMPLETE,
    /** The recording is damaged, or the play failed in itself. */
    BROKEN
  }
}
